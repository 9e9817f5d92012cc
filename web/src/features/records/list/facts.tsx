import type { Catalog, Field } from "@/api/catalog";
import { ValueView } from "@/kinds/field/value-view";
import styles from "./facts.module.css";
import type { ListState } from "./list-state";
import type { ListRow } from "./use-rows";

/** What a card says of a record, one line a field. */
export function Facts({ fields, row }: { fields: readonly Field[]; row: ListRow }) {
  return (
    <dl className={styles.facts}>
      {fields.map((field) => (
        <div key={field.name} className={styles.fact}>
          <dt>{field.title}</dt>
          <dd>
            <ValueView field={field} value={row.record[field.name]} included={row.included} brief />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The fields of a view that a card shows: not its name, and not what its place says already. */
export function cardFields(
  catalog: Catalog,
  object: string,
  state: ListState,
  said: readonly (string | undefined)[] = [],
): readonly Field[] {
  const without = [catalog.display(object), ...said];
  return state.columns.flatMap(({ field }) => {
    const known = without.includes(field) ? undefined : catalog.field(object, field);
    return known ?? [];
  });
}

/** Those of the fields that a record has a value of. */
export function filledFields(fields: readonly Field[], row: ListRow, most: number) {
  const filled = fields.filter((field) => {
    const value = row.record[field.name];
    return value !== null && value !== undefined;
  });
  return filled.slice(0, most);
}
