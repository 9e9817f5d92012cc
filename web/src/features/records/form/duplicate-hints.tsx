import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Alike, hintQuery } from "@/api/merges";
import { useCatalog } from "@/api/meta";
import type { Value, Values } from "@/api/types";
import { Icon } from "@/components/icon";
import { useDebounced } from "@/lib/use-debounced";
import { recordAddress } from "../record/neighbours";
import styles from "./form.module.css";
import { type FormPart, fieldsOf } from "./form-model";

/** Records that what is typed may be a second one of, by the field that tells. */
export type Hints = Readonly<Record<string, readonly Alike[]>>;

const rest = 200;
const noHints: Hints = {};

/** Looks, while one types, for records that are the same. */
export function useDuplicateHints(
  object: string,
  id: string | undefined,
  values: Values,
  parts: readonly FormPart[],
): Hints {
  const catalog = useCatalog();
  const rules = catalog.object(object)?.behaviours?.duplicates;
  const shown = new Set(fieldsOf(parts).map((item) => item.field.name));
  const compared = [...new Set(rules?.flatMap((rule) => rule.match.map(({ field }) => field)))];
  const filled = compared.filter((name) => {
    return shown.has(name) && isWhole(catalog.field(object, name)?.field, values[name] ?? null);
  });
  const typed = useDebounced(JSON.stringify(filled.map((name) => [name, values[name]])), rest);
  const sent: Values = useMemo(() => Object.fromEntries(JSON.parse(typed)), [typed]);
  const asked = useQuery({
    ...hintQuery(object, id, sent),
    enabled: Object.keys(sent).length > 0,
    placeholderData: keepPreviousData,
  });
  const found = asked.isError || filled.length === 0 ? undefined : asked.data;
  return useMemo(() => {
    const hints: Record<string, readonly Alike[]> = {};
    for (const one of found ?? []) {
      const at = one.fields.find((name) => name in sent);
      if (at !== undefined) hints[at] = [...(hints[at] ?? []), one];
    }
    return found?.length ? hints : noHints;
  }, [found, sent]);
}

const shortestNumber = 7;

/** Whether a value is one already, and not the beginning of one. */
function isWhole(kind: string | undefined, value: Value): boolean {
  if (value === null) return false;
  if (kind === "email") return /^\S+@\S+\.\S+$/.test(String(value));
  if (kind === "phone") return String(value).replace(/\D/g, "").length >= shortestNumber;
  return true;
}

const most = 3;

/** What a field's value may be a duplicate of. */
export function DuplicateHints({
  object,
  hints,
}: {
  object: string;
  hints: Hints[string] | undefined;
}) {
  const { t } = useTranslation();
  if (!hints?.length) return null;
  const blocked = hints.some((one) => one.action === "block");
  return (
    <div className={styles.hint} data-testid="form.duplicates">
      <Icon name="copy" />
      <div>
        {t(blocked ? "duplicate.known" : "duplicate.hint")}
        <ul>
          {hints.slice(0, most).map((one, at) => (
            <li key={one.id ?? at}>
              {one.id === null ? (
                <Unseen object={object} card={one.card ?? {}} />
              ) : (
                <Link to={recordAddress(object, one.id)} target="_blank" rel="noreferrer">
                  {one.display}
                </Link>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** A record that one may not see: what its object tells of it all the same, if anything. */
function Unseen({ object, card }: { object: string; card: NonNullable<Alike["card"]> }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const told = Object.entries(card).map(([name, value]) => {
    const label = catalog.field(object, name)?.title ?? name;
    return t("duplicate.told", { label, value });
  });
  return [t("duplicate.unseen"), ...told].join(" · ");
}
