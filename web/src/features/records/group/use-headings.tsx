import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Values } from "@/api/types";
import type { Heading } from "@/components/grid/model";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { isMoney } from "@/kinds/field/money";
import styles from "./group.module.css";
import { totalName } from "./model";
import type { useGroups } from "./use-groups";

/** The headings of groups, with their counts and their sums; and the sums of all. */
export function useHeadings(
  object: string,
  { field, nameOf, groupAt, totals }: ReturnType<typeof useGroups>,
  sums: readonly Field[],
) {
  const { t } = useTranslation();
  const format = useFormat();
  const sum = (of: Field, figures: Values): string => {
    const total = figures[totalName(of)] ?? null;
    if (total === null) return "";
    return isMoney(of) ? format.ownMoney(String(total)) : format.number(String(total));
  };
  const headingAt = (row: number): Heading | undefined => {
    const group = groupAt?.(row);
    if (!group || !field) return undefined;
    const name = nameOf(group.value);
    const hue = field.oneOf?.find((option) => option.const === group.key)?.color;
    return {
      open: group.open,
      toggle: group.toggle,
      testId: `list.${object}.group.${group.key || "none"}`,
      cell: (column, first) => {
        if (first) {
          return (
            <span className={styles.name}>
              <span className={styles.field}>{t("group.of", { field: field.title })}</span>
              {hue ? <Tag hue={hue}>{name}</Tag> : <span>{name}</span>}
              <span className={styles.count}>
                {t("group.count", { n: format.number(group.count), count: group.count })}
              </span>
            </span>
          );
        }
        const of = sums.find((one) => one.name === column.key);
        return of && <span className={styles.sum}>{sum(of, group.totals)}</span>;
      },
    };
  };
  return {
    headingAt: groupAt && headingAt,
    totals: totals && sums.map((of) => `${of.title} ${sum(of, totals) || format.number(0)}`),
  };
}
