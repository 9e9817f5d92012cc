import { useTranslation } from "react-i18next";
import type { Both, MergePreview } from "@/api/merges";
import { pluralOf, useCatalog } from "@/api/meta";
import styles from "./merge.module.css";

interface ComingProps {
  readonly preview: MergePreview;
  /** The right one stays. */
  readonly swapped: boolean;
}

/** How much is about each of the two, all of which is about the one that stays by then. */
export function Coming({ preview, swapped }: ComingProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { about, comments, files } = preview.data;
  const counts: readonly (readonly [string, string, Both])[] = [
    ...about.map((one) => {
      const object = catalog.object(one.object);
      return [one.object, object ? pluralOf(object) : one.object, one] as const;
    }),
    ["comments", t("merge.comments"), comments],
    ["files", t("merge.files"), files],
  ];
  const there = counts.filter(([, , both]) => both.stays + both.comes > 0);
  if (there.length === 0) return <p className={styles.note}>{t("merge.nothingComes")}</p>;
  return (
    <div className={styles.coming}>
      <p className={styles.comingTitle}>{t("merge.comes")}</p>
      <ul>
        {there.map(([key, title, both]) => (
          <li key={key} data-testid={`merge.about.${key}`}>
            {title}{" "}
            <span className={styles.sum}>
              {swapped ? both.comes : both.stays}+{swapped ? both.stays : both.comes}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
