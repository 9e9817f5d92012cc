import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { displayOf, listRecords } from "@/api/records";

const idPattern = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

/** Whether a cell holds what only programs can read. */
export function isRecordId(text: string): boolean {
  return idPattern.test(text);
}

/** What the record with an id is called, if it is known and may be seen. */
export function useRecordName(target: string | null, text: string): string | undefined {
  const display = useCatalog().display(target ?? "user");
  const object = target ?? "";
  const id = text.trim();
  const { data } = useQuery({
    queryKey: keys.lookup(object, "name", id),
    queryFn: async ({ signal }) => {
      const ask = { where: `id == "${id}"`, fields: ["id", display], limit: 1 };
      const [found] = (await listRecords(object, ask, signal)).data;
      return found ? displayOf(found, display) : null;
    },
    enabled: target !== null && isRecordId(text),
    staleTime: 60_000,
  });
  return data ?? undefined;
}

interface CellTextProps {
  readonly text: string;
  /** The object that the cell's field points to. */
  readonly target: string | null;
}

/** What a cell of the file says, in words. */
export function CellText({ text, target }: CellTextProps) {
  const { t } = useTranslation();
  const name = useRecordName(target, text);
  return isRecordId(text) ? (name ?? t("import.recordId")) : text;
}
