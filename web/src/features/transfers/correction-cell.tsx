import { type KeyboardEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ImportColumn, ImportRow } from "@/api/imports";
import { Menu } from "@/components/menu";
import { choicesOf } from "@/kinds/field/select";
import styles from "./import.module.css";

interface CorrectionCellProps {
  readonly row: ImportRow;
  /** Where the row is in the table. */
  readonly at: number;
  readonly field: Field;
  readonly column: ImportColumn | undefined;
  readonly wrong: boolean;
  readonly onCorrect: (text: string | null) => void;
  readonly onReplace: (value: string) => void;
}

/** One cell of the file, which is written into like a cell of a spreadsheet. */
export function CorrectionCell(props: CorrectionCellProps) {
  const { row, at, field, column, wrong, onCorrect, onReplace } = props;
  const { t } = useTranslation();
  const list = useId();
  const text = row.values[field.name] ?? "";
  const replaced = column && text in column.values;
  const shown = replaced ? (column.values[text] ?? "") : text;
  const corrected = row.corrected.includes(field.name);
  const testId = `import.cell.${row.row}.${field.name}`;
  const state = row.left_out
    ? undefined
    : wrong
      ? "wrong"
      : corrected || replaced
        ? "corrected"
        : undefined;
  if (row.cut.includes(field.name)) {
    return (
      <td className={styles.cell} data-state={state} title={t("import.tooLong")}>
        {shown}
      </td>
    );
  }
  const items = [
    { key: "replace", label: t("import.replaceInColumn"), perform: () => onReplace(text) },
    ...(corrected
      ? [{ key: "asInFile", label: t("import.asInFile"), perform: () => onCorrect(null) }]
      : []),
  ];
  return (
    <td className={styles.editCell} data-state={state}>
      <span className={styles.edit}>
        <input
          key={shown}
          className={styles.input}
          defaultValue={shown}
          disabled={row.left_out}
          list={field.oneOf && list}
          aria-label={t("import.cellOf", { field: field.title, row: row.row })}
          aria-invalid={state === "wrong" || undefined}
          aria-describedby={state === "wrong" ? `import-reasons-${row.row}` : undefined}
          data-cell={`${at}:${field.name}`}
          data-testid={testId}
          onBlur={(event) => {
            if (event.target.value !== shown) onCorrect(event.target.value);
          }}
          onKeyDown={(event) => move(event, at, field.name, shown)}
        />
        {field.oneOf && (
          <datalist id={list}>
            {choicesOf(field).map((choice) => (
              <option key={choice.value} value={choice.label} />
            ))}
          </datalist>
        )}
        {state && (
          <Menu
            iconOnly
            icon="more"
            label={t("import.cellMenu", { field: field.title, row: row.row })}
            items={items}
            testId={`${testId}.menu`}
          />
        )}
      </span>
    </td>
  );
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
