import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { Notice } from "@/components/notice";
import { type FormFaults, faultsWithin } from "./faults";
import styles from "./form.module.css";
import { type FormPart, fieldsOf } from "./form-model";

interface FaultSummaryProps {
  readonly parts: readonly FormPart[];
  readonly faults: FormFaults;
  /** Grows with each refused attempt, so that the summary takes the focus again. */
  readonly attempts: number;
  /** Goes to a field, or to a place within it such as lines/0/quantity. */
  readonly onGo: (place: string) => void;
}

/** What is wrong, with a link to each field and to each cell of lines; it takes the focus when it appears. */
export function FaultSummary({ onGo, parts, faults, attempts }: FaultSummaryProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wrong = useWrong(parts, faults);
  const count = wrong.length + faults.others.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refused attempt asks for attention
  useEffect(() => {
    if (count > 0) box.current?.focus();
  }, [attempts]);
  if (count === 0) return null;
  return (
    <div ref={box} tabIndex={-1} className={styles.summary} data-testid="form.faults">
      <Notice tone="danger" title={t("form.notSaved", { count })}>
        <ul>
          {wrong.map(({ place, title, message }) => (
            <li key={place}>
              <a
                href={`#${place}`}
                onClick={(event) => {
                  event.preventDefault();
                  onGo(place);
                }}
              >
                {t("form.faultOf", { field: title, message })}
              </a>
            </li>
          ))}
          {faults.others.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

/** What is wrong in the order of the form: where, how the place is called, and what is said. */
function useWrong(parts: readonly FormPart[], { fields }: FormFaults) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const cellTitle = (field: Field, within: string) => {
    const [line, name = ""] = within.split("/");
    const cell = catalog.field(field.target ?? "", name)?.title ?? name;
    return t("form.cellOf", { field: field.title, line: Number(line) + 1, cell });
  };
  return fieldsOf(parts).flatMap(({ field }) => {
    const own = fields[field.name];
    const within = Object.entries(faultsWithin(fields, field.name) ?? {});
    return [
      ...(own ? [{ place: field.name, title: field.title, message: own }] : []),
      ...within.map(([at, message]) => {
        return { place: `${field.name}/${at}`, title: cellTitle(field, at), message };
      }),
    ];
  });
}
