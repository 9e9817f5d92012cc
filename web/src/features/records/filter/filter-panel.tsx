import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ViewDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { countQuery } from "@/api/records";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { isSaveKey } from "@/lib/submit-key";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./filter.module.css";
import { FilterGroup } from "./filter-group";
import { FilterText } from "./filter-text";
import { condition, type Group, group } from "./model";
import { type FilterReading, useFilter } from "./use-filter";
import { writeFilter } from "./write";

interface FilterPanelProps {
  readonly object: string;
  readonly view: ViewDefinition;
  readonly where: string;
  readonly q: string;
  /** What holds for the records anyway, for their count. */
  readonly within?: string;
  readonly onApply: (where: string) => void;
  readonly onClose: () => void;
}

/** Where a filter is built: as rows, or as text when it says more than rows can. */
export default function FilterPanel(props: FilterPanelProps) {
  const { t } = useTranslation();
  const reading = useFilter(props.object, props.view, props.where);
  return (
    <section
      id="filter"
      className={styles.panel}
      aria-label={t("filter.title")}
      data-testid="filter"
    >
      {reading.as === "waiting" ? (
        <Skeleton lines={2} />
      ) : (
        <FilterEditor key={props.where} {...props} reading={reading} />
      )}
    </section>
  );
}

function FilterEditor(props: FilterPanelProps & { readonly reading: FilterReading }) {
  const { object, reading, where, onApply } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const fields = catalog
    .fields(object)
    .filter((field) => !unfiltered.has(field.name) && field.can !== "mask");
  const [rows, setRows] = useState<Group | null>(() =>
    reading.as === "rows" ? started(reading.rows, fields[0]?.name) : null,
  );
  const [text, setText] = useState(where);
  const [valid, setValid] = useState(true);
  const draft = rows ? writeFilter(rows, (name) => catalog.field(object, name)) : text.trim();
  const apply = () => valid && onApply(draft);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut beside the button
    <div className={styles.editor} onKeyDown={(event) => isSaveKey(event) && apply()}>
      {rows ? (
        <FilterGroup
          object={object}
          fields={fields}
          filter={rows}
          depth={1}
          onChange={(next) => setRows(next)}
        />
      ) : (
        <FilterText object={object} text={text} onChange={setText} onValid={setValid} />
      )}
      <div className={styles.foot}>
        <Button kind="primary" onClick={apply} disabled={!valid} testId="filter.apply">
          {t("filter.apply")}
        </Button>
        <Button kind="quiet" onClick={() => onApply("")} testId="filter.clear">
          {t("filter.clear")}
        </Button>
        <Button kind="quiet" onClick={props.onClose}>
          {t("action.close")}
        </Button>
        <MatchCount object={object} where={within(props.within, draft)} q={props.q} valid={valid} />
        <span className={styles.gap} />
        {rows && (
          <Button
            kind="quiet"
            onClick={() => {
              setText(draft);
              setRows(null);
            }}
            testId="filter.asText"
          >
            {t("filter.asText")}
          </Button>
        )}
      </div>
    </div>
  );
}

function within(scope: string | undefined, draft: string): string {
  if (!scope) return draft;
  return draft ? `${scope} && (${draft})` : scope;
}

const unfiltered = new Set(["id", "version"]);

/** An empty filter begins with one row to fill in. */
function started(rows: Group, field: string | undefined): Group {
  if (rows.items.length > 0 || !field) return rows;
  return group("and", [condition(field, "contains")]);
}

interface MatchCountProps {
  readonly object: string;
  readonly where: string;
  readonly q: string;
  readonly valid: boolean;
}

/** How many records the filter would leave, before it is applied. */
function MatchCount({ object, where, q, valid }: MatchCountProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const rested = useDebounced(where, 300);
  const count = useQuery({ ...countQuery(object, { where: rested, q }), enabled: valid });
  const known = valid && rested === where && count.data !== undefined;
  return (
    <span className={styles.count} role="status" data-testid="filter.count">
      {known && t("filter.count", { count: count.data, n: format.number(count.data) })}
    </span>
  );
}
