import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ReportDefinition } from "@/api/definitions";
import type { ReportAnswer } from "@/api/figures";
import { useCatalog } from "@/api/meta";
import { groupLabel, type Naming } from "@/kinds/field/group-label";
import styles from "./dashboard.module.css";
import { listOf } from "./figure-text";
import { measureText, seriesOf } from "./points";

interface ReportTableProps {
  readonly report: ReportDefinition;
  readonly answer: ReportAnswer;
  readonly naming: Naming;
}

/** A report's figures as a table; each line leads to its records. */
export function ReportTable({ report, answer, naming }: ReportTableProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { data } = answer;
  const fields = report.groups.map((group) => ({
    ...group,
    known: catalog.field(report.object, group.field),
  }));
  const series = seriesOf(catalog, report, t);
  return (
    <table className={styles.table} data-testid="table">
      <thead>
        <tr>
          {fields.map(({ field, known }) => (
            <th key={field} scope="col">
              {known?.title ?? field}
            </th>
          ))}
          {report.measures.map((measure, index) => (
            <th key={measure.name} scope="col" className={styles.number}>
              {series[index]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {data.groups.map((group) => (
          <tr key={group.where}>
            {fields.map(({ field, by, known }, index) => {
              const label = groupLabel(known, by, group.values[field], naming);
              return index === 0 ? (
                <th key={field} scope="row">
                  <Link to={listOf({ object: data.object, where: group.where })}>{label}</Link>
                </th>
              ) : (
                <td key={field}>{label}</td>
              );
            })}
            {report.measures.map((measure) => (
              <td key={measure.name} className={styles.number}>
                {measureText(answer, measure.name, group.values[measure.name], naming)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
