import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { MergePreview } from "@/api/merges";
import { useCatalog } from "@/api/meta";
import type { RecordAnswer } from "@/api/types";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import { ValueView } from "@/kinds/field/value-view";
import styles from "./merge.module.css";
import { choosable, type Picks, type Side } from "./picks";

interface CompareTableProps {
  readonly object: string;
  readonly records: readonly [RecordAnswer, RecordAnswer];
  readonly names: readonly string[];
  readonly fields: readonly Field[];
  readonly picks: Picks;
  readonly preview: MergePreview | undefined;
  readonly waiting: boolean;
  readonly onPick: (side: Side) => void;
  readonly onChange: (picks: Picks) => void;
}

const both = [0, 1] as const;

/** The fields in which two records differ, one value to choose in each, and what comes of it. */
export function CompareTable(props: CompareTableProps) {
  const { records, names, fields, picks, preview } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const equal =
    catalog.fields(props.object).filter((field) => !field.system).length - fields.length;
  return (
    <TableFrame label={t("merge.table")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("merge.field")}</th>
            {both.map((side) => (
              <th key={side} scope="col" data-stays={picks.stays === side}>
                <label className={styles.choice}>
                  <input
                    type="radio"
                    name="merge.stays"
                    checked={picks.stays === side}
                    onChange={() => props.onPick(side)}
                    data-testid={`merge.stays.${side + 1}`}
                  />
                  <span>
                    <span className={styles.key}>{side + 1}</span> {names[side]}
                    <span className={styles.made}>
                      {t("merge.made", { date: format.day(String(records[side].data.created_at)) })}
                    </span>
                  </span>
                </label>
              </th>
            ))}
            <th scope="col" className={styles.result}>
              {t("merge.result")}
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <FieldRow key={field.name} {...props} field={field} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={4}>{preview ? t("merge.equal", { count: equal }) : t("state.loading")}</td>
          </tr>
        </tfoot>
      </table>
    </TableFrame>
  );
}

function FieldRow(props: CompareTableProps & { readonly field: Field }) {
  const { field, records, picks, names, preview } = props;
  const { t } = useTranslation();
  const open = choosable(field, records[picks.stays]);
  const result = preview?.data.result[field.name];
  const shown = (record: RecordAnswer) =>
    (record.data[field.name] ?? null) ? (
      <ValueView field={field} value={record.data[field.name]} included={record.included} brief />
    ) : (
      <span className={styles.none}>—</span>
    );
  return (
    <tr data-testid={`merge.row.${field.name}`}>
      <th scope="row">{field.title}</th>
      {both.map((side) => (
        <td key={side} data-picked={open && picks.sides[field.name] === side}>
          {open ? (
            <label className={styles.choice}>
              <input
                type="radio"
                name={`merge.${field.name}`}
                aria-label={t("merge.take", { field: field.title, name: names[side] })}
                checked={picks.sides[field.name] === side}
                onChange={() =>
                  props.onChange({ ...picks, sides: { ...picks.sides, [field.name]: side } })
                }
                data-testid={`merge.pick.${field.name}.${side + 1}`}
              />
              <span>{shown(records[side])}</span>
            </label>
          ) : (
            shown(records[side])
          )}
        </td>
      ))}
      <td className={styles.result} data-waiting={props.waiting} data-label={t("merge.result")}>
        {result === null || result === undefined ? (
          <span className={styles.none}>—</span>
        ) : (
          <ValueView field={field} value={result} included={preview?.included} brief />
        )}
      </td>
    </tr>
  );
}
