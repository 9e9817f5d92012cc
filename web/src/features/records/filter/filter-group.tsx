import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Button, IconButton } from "@/components/button";
import { Segmented } from "@/components/segmented";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./filter.module.css";
import { FilterRow } from "./filter-row";
import { condition, deepest, type Group, group, isGroup, withItem } from "./model";

interface FilterGroupProps {
  readonly object: string;
  readonly fields: readonly Field[];
  readonly filter: Group;
  readonly depth: number;
  readonly onChange: (filter: Group) => void;
  readonly onRemove?: () => void;
}

/** Rows that must all hold, or of which one must; a row may be such a group again. */
export function FilterGroup(props: FilterGroupProps) {
  const { filter, fields, depth, onChange } = props;
  const { t } = useTranslation();
  const first = fields.find((field) => lookOf(field).operators.length > 0);
  const fresh = () => first && condition(first.name, lookOf(first).operators[0] ?? "equals");
  const add = (nested: boolean) => {
    const item = fresh();
    if (!item) return;
    const added = nested ? group(filter.join === "and" ? "or" : "and", [item]) : item;
    onChange({ ...filter, items: [...filter.items, added] });
  };
  return (
    <fieldset className={styles.group} data-nested={depth > 1 || undefined}>
      <legend className="unseen">{t("filter.group")}</legend>
      {(filter.items.length > 1 || depth > 1) && (
        <div className={styles.join}>
          <Segmented
            label={t("filter.join")}
            value={filter.join}
            choices={[
              { value: "and", label: t("filter.all") },
              { value: "or", label: t("filter.any") },
            ]}
            onChange={(join) => onChange({ ...filter, join })}
          />
          {props.onRemove && (
            <IconButton icon="close" label={t("filter.removeGroup")} onClick={props.onRemove} />
          )}
        </div>
      )}
      {filter.items.map((item) =>
        isGroup(item) ? (
          <FilterGroup
            key={item.key}
            {...props}
            filter={item}
            depth={depth + 1}
            onChange={(next) => onChange(withItem(filter, item.key, () => next))}
            onRemove={() => onChange(withItem(filter, item.key, () => null))}
          />
        ) : (
          <FilterRow
            key={item.key}
            fields={fields}
            condition={item}
            onChange={(next) => onChange(withItem(filter, item.key, () => next))}
            onRemove={() => onChange(withItem(filter, item.key, () => null))}
          />
        ),
      )}
      <div className={styles.add}>
        <Button kind="quiet" icon="plus" onClick={() => add(false)} testId="filter.add">
          {t("filter.add")}
        </Button>
        {depth < deepest && (
          <Button kind="quiet" icon="plus" onClick={() => add(true)}>
            {t("filter.addGroup")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
