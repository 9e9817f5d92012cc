import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Import, ImportRow } from "@/api/imports";
import { useCatalog } from "@/api/meta";
import { IconButton } from "@/components/button";
import { TableFrame } from "@/components/table-frame";
import { CorrectionCell, isReplaced } from "./correction-cell";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import type { Replacing } from "./replace-dialog";

/** What is corrected of a row. */
export interface RowChange {
  readonly values?: Readonly<Record<string, string | null>>;
  readonly left_out?: boolean;
}

interface CorrectionTableProps extends StepProps {
  readonly rows: readonly ImportRow[];
  readonly onCorrect: (row: number, change: RowChange) => void;
  readonly onReplace: (replacing: Replacing) => void;
  readonly onWithdraw: (replacing: Replacing) => void;
}

/** Whether a field was corrected since the check, so that what it said of it is past. */
function isSettled(made: Import, row: ImportRow, field: string): boolean {
  const column = made.columns.find((one) => one.field === field);
  const replaced = made.outdated && isReplaced(column, row.values[field] ?? "");
  return replaced || (row.unchecked && row.corrected.includes(field));
}

/** Whether something is wrong with a row's field. */
function isWrong(row: ImportRow, field: Field): boolean {
  return row.errors.some((error) => error.pointer === `/${field.name}`);
}

/** Rows of the file with what is wrong with them; every cell can be written into. */
export function CorrectionTable(props: CorrectionTableProps) {
  const { made, object, rows, onCorrect, onReplace, onWithdraw } = props;
  const { t } = useTranslation();
  const fields = useFields(made, object.name, rows);
  return (
    <TableFrame label={t("import.rowsTitle")}>
      <table className={`${styles.table} ${styles.corrections}`} data-testid="import.rows">
        <thead>
          <tr>
            <th scope="col">{t("import.rowNumber")}</th>
            <th scope="col">{t("import.reason")}</th>
            {fields.map((field) => (
              <th key={field.name} scope="col">
                {field.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr
              key={row.row}
              data-testid={`import.row.${row.row}`}
              data-left-out={row.left_out || undefined}
            >
              <th scope="row">
                <span className={styles.rowHead}>
                  {row.row}
                  <IconButton
                    small
                    icon={row.left_out ? "undo" : "close"}
                    label={t(row.left_out ? "import.takeRow" : "import.leaveRow", { row: row.row })}
                    onClick={() => onCorrect(row.row, { left_out: !row.left_out })}
                    testId={`import.leave.${row.row}`}
                  />
                </span>
              </th>
              <td className={styles.reasons} id={`import-reasons-${row.row}`}>
                <Reasons made={made} row={row} fields={fields} />
              </td>
              {fields.map((field) => (
                <CorrectionCell
                  key={field.name}
                  row={row}
                  at={at}
                  field={field}
                  column={made.columns.find((column) => column.field === field.name)}
                  wrong={isWrong(row, field) && !isSettled(made, row, field.name)}
                  onCorrect={(text) => onCorrect(row.row, { values: { [field.name]: text } })}
                  onReplace={(value) => onReplace({ field, value })}
                  onWithdraw={(value) => onWithdraw({ field, value })}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

/** The fields of the file, those first with which something is wrong. */
function useFields(made: Import, object: string, rows: readonly ImportRow[]): readonly Field[] {
  const catalog = useCatalog();
  const fields = made.columns.flatMap((column) => {
    return (column.field && catalog.field(object, column.field)) || [];
  });
  const wrong = fields.filter((field) => rows.some((row) => isWrong(row, field)));
  return [...wrong, ...fields.filter((field) => !wrong.includes(field))];
}

interface ReasonsProps {
  readonly made: Import;
  readonly row: ImportRow;
  readonly fields: readonly Field[];
}

function Reasons({ made, row, fields }: ReasonsProps) {
  const { t } = useTranslation();
  if (row.left_out) return <p className={styles.note}>{t("import.rowLeftOut")}</p>;
  const open = row.errors.filter((error) => !isSettled(made, row, error.pointer.slice(1)));
  return (
    <>
      {open.map((error) => {
        const title = fields.find((field) => `/${field.name}` === error.pointer)?.title;
        const text = title ? t("import.fieldReason", { field: title, reason: error.message }) : "";
        return <p key={error.pointer + error.code}>{text || error.message}</p>;
      })}
      {row.unchecked && <p className={styles.note}>{t("import.rowCorrected")}</p>}
    </>
  );
}
