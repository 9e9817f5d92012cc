import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Included, Value, Values } from "@/api/types";
import { TabPanels } from "@/components/tab-panels";
import { isAddKey, isSaveKey } from "@/lib/submit-key";
import { type Hints, useDuplicateHints } from "./duplicate-hints";
import { FaultSummary } from "./fault-summary";
import { type FormFaults, faultsWithin, isWrong, type Messages } from "./faults";
import styles from "./form.module.css";
import { FormEntry } from "./form-entry";
import { byTab, type FormField, type FormPart, fieldsOf, namesItsField } from "./form-model";
import { FormNews } from "./form-news";

/** How a form's fields may be used now. */
export interface FieldRules {
  readonly required: (item: FormField) => boolean;
  /** Why a field cannot be changed; undefined when it can. */
  readonly locked: (item: FormField) => string | undefined;
}

interface RecordFormProps {
  readonly object: string;
  /** The record that is changed; none when it is a new one. */
  readonly id?: string;
  readonly parts: readonly FormPart[];
  readonly rules: FieldRules;
  readonly values: Values;
  readonly included: Included | undefined;
  readonly faults: FormFaults;
  /** What is told about fields, such as why one was emptied. */
  readonly notes: Messages;
  /** Grows with each refused attempt, so that the summary takes the focus again. */
  readonly attempts: number;
  readonly first?: string | undefined;
  /** What ends the entry; without, something around the form does. */
  readonly buttons?: ReactNode;
  readonly onChange: (field: string, value: Value) => void;
  readonly onSave: (another: boolean) => void;
}

/** A record being entered: the form's sections, and above them what is wrong. */
export function RecordForm(props: RecordFormProps) {
  const { object, parts, values, faults } = props;
  const { t } = useTranslation();
  const base = useId();
  const form = useRef<HTMLFormElement>(null);
  const hints = useDuplicateHints(object, props.id, values, parts);
  const tabs = byTab(parts);
  const tabOf = (field: string) =>
    tabs.find((one) => fieldsOf(one.parts).some((item) => item.field.name === field))?.tab.name;
  const [chosen, choose] = useState(() => tabOf(props.first ?? "") ?? "");
  /** Finds something in the place of a field, of which the tab is opened first. */
  const inField = (field: string, selector: string) => {
    flushSync(() => choose(tabOf(field) ?? chosen));
    return form.current?.querySelector<HTMLElement>(`[data-field="${field}"] :is(${selector})`);
  };
  const press = (event: KeyboardEvent) => {
    const lines = fieldsOf(parts).find(({ field }) => field.field === "lines");
    if (isSaveKey(event)) props.onSave(event.shiftKey);
    else if (lines && isAddKey(event)) inField(lines.field.name, "[data-add] button")?.click();
    else return;
    event.preventDefault();
  };
  const draw = (some: readonly FormPart[]) =>
    some.map((part) => (
      <PartEntries key={part.key} {...props} base={base} part={part} hints={hints} />
    ));
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={press}
      aria-label={t("form.label")}
      data-testid={`form.${object}`}
      noValidate
    >
      <FaultSummary
        parts={parts}
        faults={faults}
        attempts={props.attempts}
        onGo={(place) => {
          const [field = "", ...within] = place.split("/");
          const cell = `[data-cell="${within.join("/")}"] :is(${controls})`;
          inField(field, within.length > 0 ? cell : controls)?.focus();
        }}
      />
      {tabs.length > 1 ? (
        <TabPanels
          label={t("form.tabs")}
          base={base}
          current={chosen}
          onChoose={choose}
          panels={tabs.map(({ tab, parts: some }) => {
            const count = fieldsOf(some).filter(({ field }) =>
              isWrong(faults.fields, field.name),
            ).length;
            return {
              key: tab.name,
              label: tab.title,
              fault: count > 0 ? t("form.faultsInTab", { count }) : undefined,
              content: draw(some),
            };
          })}
        />
      ) : (
        draw(parts)
      )}
      <FormNews count={fieldsOf(parts).length} notes={props.notes} hints={hints} />
      {props.buttons && <div className={styles.bar}>{props.buttons}</div>}
    </form>
  );
}

const controls = "input, textarea, [contenteditable], button";

interface PartEntriesProps extends RecordFormProps {
  readonly base: string;
  readonly part: FormPart;
  readonly hints: Hints;
}

/** A section of the form. */
function PartEntries({ part, base, hints, object, values, ...props }: PartEntriesProps) {
  return (
    <fieldset className={styles.part}>
      {part.title && (
        <legend className={styles.legend}>
          <h2>{part.title}</h2>
        </legend>
      )}
      <div className={styles.fields} data-columns={part.columns}>
        {part.fields.map((item) => (
          <FormEntry
            key={item.field.name}
            id={`${base}-${item.field.name}`}
            object={object}
            item={item}
            span={Math.min(item.span, part.columns)}
            named={namesItsField(part)}
            required={props.rules.required(item)}
            locked={props.rules.locked(item)}
            value={values[item.field.name] ?? null}
            depends={item.field.dependsOn && (values[item.field.dependsOn] ?? null)}
            included={props.included}
            error={props.faults.fields[item.field.name]}
            faults={faultsWithin(props.faults.fields, item.field.name)}
            note={props.notes[item.field.name]}
            focus={props.first === item.field.name}
            hints={hints[item.field.name]}
            onChange={props.onChange}
          />
        ))}
      </div>
    </fieldset>
  );
}
