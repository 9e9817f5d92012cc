import { type KeyboardEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ImportColumn, ImportRow } from "@/api/imports";
import { Menu } from "@/components/menu";
import { choicesOf } from "@/kinds/field/select";
import { CellText, isRecordId } from "./cell-text";
import styles from "./import.module.css";
import { linkTarget } from "./link-choice";

interface CorrectionCellProps {
  readonly row: ImportRow;
  /** Where the row is in the table. */
  readonly at: number;
  readonly field: Field;
  readonly column: ImportColumn | undefined;
  readonly wrong: boolean;
  readonly onCorrect: (text: string | null) => void;
  readonly onReplace: (value: string) => void;
  /** Reads the cells that say this as the file has them. */
  readonly onWithdraw: (value: string) => void;
}

/** One cell of the file, which is written into like a cell of a spreadsheet. */
export function CorrectionCell(props: CorrectionCellProps) {
  const { row, at, field, column, wrong, onCorrect, onReplace, onWithdraw } = props;
  const { t } = useTranslation();
  const list = useId();
  const text = row.values[field.name] ?? "";
  const replaced = isReplaced(column, text);
  const shown = shownText(field, column, text);
  const corrected = row.corrected.includes(field.name);
  const testId = `import.cell.${row.row}.${field.name}`;
  const changed = corrected || replaced ? "corrected" : undefined;
  const state = row.left_out ? undefined : wrong ? "wrong" : changed;
  const name = t("import.cellOf", { field: field.title, row: row.row });
  const items = [
    { key: "replace", label: t("import.replaceInColumn"), perform: () => onReplace(text) },
    ...(corrected
      ? [{ key: "asInFile", label: t("import.asInFile"), perform: () => onCorrect(null) }]
      : []),
    ...(replaced
      ? [{ key: "withdraw", label: t("import.withdraw"), perform: () => onWithdraw(text) }]
      : []),
  ];
  const choices = field.oneOf ? choicesOf(field) : [];
  const long = row.cut.includes(field.name);
  return (
    <td
      className={styles.editCell}
      data-state={state}
      title={long ? t("import.tooLong") : undefined}
    >
      <span className={styles.edit}>
        {long || isRecordId(shown) ? (
          <span className={styles.input} data-testid={testId}>
            <CellText text={shown} target={linkTarget(field)} />
          </span>
        ) : (
          <input
            key={shown}
            className={styles.input}
            defaultValue={shown}
            disabled={row.left_out}
            list={choices.length > 0 ? list : undefined}
            aria-label={name}
            aria-invalid={state === "wrong" || undefined}
            aria-describedby={state === "wrong" ? `import-reasons-${row.row}` : undefined}
            data-cell={`${at}:${field.name}`}
            data-testid={testId}
            onBlur={(event) => {
              if (event.target.value !== shown) onCorrect(event.target.value);
            }}
            onKeyDown={(event) => move(event, at, field.name, shown)}
          />
        )}
        {choices.length > 0 && (
          <datalist id={list}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.label} />
            ))}
          </datalist>
        )}
        {state && !long && (
          <Menu
            iconOnly
            icon="more"
            label={t("import.more", { cell: name })}
            items={items}
            testId={`${testId}.menu`}
          />
        )}
      </span>
    </td>
  );
}

/** Whether the cells of a column that say this are read as something else. */
export function isReplaced(column: ImportColumn | undefined, text: string): boolean {
  return column !== undefined && (text in column.values || column.create.includes(text.trim()));
}

/** What a cell is read as; of an option its title. */
function shownText(field: Field, column: ImportColumn | undefined, text: string): string {
  if (!column || !(text in column.values)) return text;
  const read = column.values[text] ?? "";
  const option = field.oneOf && choicesOf(field).find((one) => one.value === read);
  return option ? option.label : read;
}

/** Enter and the arrows go up and down the column, Escape takes back what was typed. */
function move(
  event: KeyboardEvent<HTMLInputElement>,
  at: number,
  field: string,
  shown: string,
): void {
  if (event.nativeEvent.isComposing) return;
  const { currentTarget: input, key } = event;
  if (key === "Escape") {
    input.value = shown;
    return;
  }
  const free = !input.list;
  const up = (key === "Enter" && event.shiftKey) || (free && key === "ArrowUp");
  const down = (key === "Enter" && !event.shiftKey) || (free && key === "ArrowDown");
  if (!up && !down) return;
  event.preventDefault();
  const next = input
    .closest("table")
    ?.querySelector<HTMLInputElement>(`[data-cell="${at + (up ? -1 : 1)}:${field}"]`);
  if (!next) {
    input.blur();
    return;
  }
  next.focus();
  next.select();
}
