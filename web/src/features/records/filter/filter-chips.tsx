import { useTranslation } from "react-i18next";
import type { ViewDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { IconButton } from "@/components/button";
import styles from "./filter.module.css";
import { type Condition, type Group, withItem } from "./model";
import { useFilter } from "./use-filter";
import { usePartWords } from "./words";
import { writeFilter } from "./write";

interface FilterChipsProps {
  readonly object: string;
  readonly view: ViewDefinition;
  readonly where: string;
  readonly onChange: (where: string) => void;
}

/** The filter in force, in words; each part can be taken out. */
export function FilterChips({ object, view, where, onChange }: FilterChipsProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const reading = useFilter(object, view, where);
  if (where === "" || reading.as === "waiting") return null;
  const remove = (rows: Group, key: string) => {
    onChange(
      writeFilter(
        withItem(rows, key, () => null),
        (name) => catalog.field(object, name),
      ),
    );
  };
  const rows = reading.as === "rows" ? reading.rows : null;
  const parts = rows?.join === "and" || rows?.items.length === 1 ? rows.items : null;
  return (
    <ul className={styles.chips} aria-label={t("filter.inForce")} data-testid="filter.chips">
      {rows && parts ? (
        parts.map((item) => (
          <Chip key={item.key} onRemove={() => remove(rows, item.key)}>
            <Words part={item} object={object} />
          </Chip>
        ))
      ) : (
        <Chip onRemove={() => onChange("")}>
          {rows ? <Words part={rows} object={object} /> : <code>{where}</code>}
        </Chip>
      )}
    </ul>
  );
}

function Chip({ children, onRemove }: { children: React.ReactNode; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <li className={styles.chip}>
      <span>{children}</span>
      <IconButton icon="close" small label={t("filter.remove")} onClick={onRemove} />
    </li>
  );
}

/** A condition in words, or how many a group has. */
function Words({ part, object }: { part: Condition | Group; object: string }) {
  return usePartWords(part, object);
}
