import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { type Left, undoMerge } from "@/api/merges";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";

/** Undoes merges, tells how that went, and gives what was left as it is. */
export function useUndoMerge(
  object: string,
): (id: string, merge?: string) => Promise<readonly Left[]> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  return async (id, merge) => {
    let kept: readonly Left[] = [];
    try {
      kept = (await undoMerge(object, id, merge)).kept;
      toast({
        text: kept.length > 0 ? t("merge.undoneKept", { count: kept.length }) : t("merge.undone"),
      });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.allRecords });
    return kept;
  };
}
