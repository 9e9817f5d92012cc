import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { DashboardFilter } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import { Button } from "@/components/button";
import { Select } from "@/components/select";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./dashboard.module.css";
import { type FilterChange, periods } from "./filter-state";

const DateInput = lazy(() => import("@/components/date-input"));

interface FiltersProps {
  readonly offered: readonly DashboardFilter[];
  readonly params: URLSearchParams;
  readonly onChange: (change: FilterChange) => void;
}

const none = { period: null, from: null, to: null, owner: null, department: null } as const;

/** What holds for all cards of a dashboard: the period, and whose records. */
export function DashboardFilters({ offered, params, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const chosen = Object.keys(none).some((name) => params.has(name));
  return (
    <search className={styles.filters} aria-label={t("dashboard.filters")}>
      {offered.includes("period") && <PeriodFilter params={params} onChange={onChange} />}
      {offered.includes("owner") && (
        <WhoseFilter name="owner" object="user" params={params} onChange={onChange} />
      )}
      {offered.includes("department") && (
        <WhoseFilter name="department" object="department" params={params} onChange={onChange} />
      )}
      {chosen && (
        <Button kind="quiet" icon="close" onClick={() => onChange(none)} testId="filters.clear">
          {t("dashboard.clear")}
        </Button>
      )}
    </search>
  );
}

const own = "own";

function PeriodFilter({ params, onChange }: Omit<FiltersProps, "offered">) {
  const { t } = useTranslation();
  const dated = params.has("from") || params.has("to");
  const [choosing, setChoosing] = useState(dated);
  const choices = [
    { value: "", label: t("dashboard.anyPeriod") },
    ...periods.map((period) => ({ value: period, label: t(`period.${period}`) })),
    { value: own, label: t("dashboard.ownPeriod") },
  ];
  return (
    <>
      <span className={styles.whose}>
        <span aria-hidden="true">{t("dashboard.period")}</span>
        <div>
          <Select
            label={t("dashboard.period")}
            choices={choices}
            value={choosing ? own : (params.get("period") ?? "")}
            onChange={(value) => {
              setChoosing(value === own);
              if (value !== own) onChange({ period: value, from: null, to: null });
            }}
            testId="filter.period"
          />
        </div>
      </span>
      {choosing && (
        <Suspense>
          {(["from", "to"] as const).map((name) => (
            <div key={name} className={styles.day}>
              <DateInput
                label={t(`dashboard.${name}`)}
                value={params.get(name)}
                onChange={(day) => onChange({ period: null, [name]: day })}
                testId={`filter.${name}`}
              />
            </div>
          ))}
        </Suspense>
      )}
    </>
  );
}

interface WhoseProps extends Omit<FiltersProps, "offered"> {
  readonly name: "owner" | "department";
  readonly object: "user" | "department";
}

function WhoseFilter({ name, object, params, onChange }: WhoseProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const id = params.get(name);
  const known = useQuery({ ...recordQuery(object, id ?? ""), enabled: id !== null });
  if (!catalog.object(object)) return null;
  const record = known.data?.data;
  const display = record && displayOf(record, catalog.display(object));
  const title = t(`dashboard.${name}`);
  const field: Field = { name, field: object, title, required: false };
  const { Input } = lookOf(field);
  return (
    <span className={styles.whose}>
      <span aria-hidden="true">{title}</span>
      <Input
        field={field}
        label={title}
        value={id}
        included={id && display ? { [object]: { [id]: { id, display } } } : {}}
        onChange={(value) => onChange({ [name]: typeof value === "string" ? value : null })}
        testId={`filter.${name}`}
      />
    </span>
  );
}
