import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "react-router";
import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { mayWrite, type RecordAnswer } from "@/api/types";
import { IconButton } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Icon } from "@/components/icon";
import { TabPanels } from "@/components/tab-panels";
import { Tag } from "@/components/tag";
import { ValueView } from "@/kinds/field/value-view";
import { useKept } from "@/lib/kept";
import { byTab, type FormPart, formParts, namesItsField, visibleParts } from "../form/form-model";
import { useHolds } from "../form/use-holds";
import { useWaiting } from "../outbox/use-waiting";
import styles from "./record.module.css";

interface RecordViewProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
  readonly onEdit: (field: string) => void;
}

/** What is known of a record, in the order of its form. */
export function RecordView({ object, answer, onEdit }: RecordViewProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const base = useId();
  const location = useLocation();
  const [params, setParams] = useSearchParams();
  const [empties, setEmpties] = useKept("empties", ["shown", "hidden"], "shown");
  const { data: record } = answer;
  const holds = useHolds(object.name, record);
  const isFilled = (field: Field) =>
    record[field.name] !== null && record[field.name] !== undefined;
  const form = catalog.form(object.name, catalog.recordType(object.name, record));
  const parts = visibleParts(formParts(catalog, form), holds)
    .map((part) => ({
      ...part,
      fields: part.fields.filter((item) => empties === "shown" || isFilled(item.field)),
    }))
    .filter((part) => part.fields.length > 0);
  const system = catalog.fields(object.name).filter((field) => field.system && isFilled(field));
  const systemPart: FormPart = {
    key: "system",
    tab: undefined,
    title: t("record.system"),
    columns: 2,
    showIf: undefined,
    fields: system.map((field) => ({
      field,
      span: 1,
      help: undefined,
      showIf: undefined,
      readOnlyIf: undefined,
      requiredIf: undefined,
    })),
  };
  const tabs = byTab(parts);
  const draw = (some: readonly FormPart[]) =>
    some.map((part) => (
      <ViewPart key={part.key} object={object.name} part={part} answer={answer} onEdit={onEdit} />
    ));
  const choose = (tab: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set("tab", tab);
        return next;
      },
      { replace: true, state: location.state },
    );
  return (
    <div className={styles.view}>
      {tabs.length > 1 ? (
        <TabPanels
          label={t("form.tabs")}
          base={base}
          current={params.get("tab") ?? ""}
          onChoose={choose}
          panels={tabs.map(({ tab, parts: some }) => {
            return { key: tab.name, label: tab.title, content: draw(some) };
          })}
        />
      ) : (
        draw(parts)
      )}
      <div className={styles.empties}>
        <Checkbox
          checked={empties === "hidden"}
          onChange={(hidden) => setEmpties(hidden ? "hidden" : "shown")}
          testId="record.hideEmpty"
        >
          {t("record.hideEmpty")}
        </Checkbox>
      </div>
      <details className={styles.system} data-testid="record.system">
        <summary>
          <Icon name="chevron-right" />
          {t("record.system")}
        </summary>
        <ViewPart object={object.name} part={{ ...systemPart, title: "" }} answer={answer} />
      </details>
    </div>
  );
}

interface ViewPartProps {
  readonly object: string;
  readonly part: FormPart;
  readonly answer: RecordAnswer;
  readonly onEdit?: (field: string) => void;
}

function ViewPart({ object, part, answer, onEdit }: ViewPartProps) {
  return (
    <section className={styles.part}>
      {part.title && <h2 className={styles.partTitle}>{part.title}</h2>}
      <dl className={styles.facts} data-columns={part.columns}>
        {part.fields.map(({ field, span }) => (
          <Fact
            key={field.name}
            object={object}
            field={field}
            span={Math.min(span, part.columns)}
            named={namesItsField(part)}
            answer={answer}
            {...(onEdit && { onEdit })}
          />
        ))}
      </dl>
    </section>
  );
}

interface FactProps {
  readonly object: string;
  readonly field: Field;
  readonly span: number;
  readonly named: boolean;
  readonly answer: RecordAnswer;
  readonly onEdit?: (field: string) => void;
}

function Fact({ object, field, span, named, answer, onEdit }: FactProps) {
  const { t } = useTranslation();
  const waits = useWaiting(object).fields(answer.data.id).has(field.name);
  const value = answer.data[field.name];
  const empty = value === null || value === undefined;
  const writable = mayWrite(field.can) && mayWrite(answer.can.fields?.[field.name]);
  return (
    <div
      className={styles.fact}
      data-span={span}
      data-record={`${answer.data.id}.${field.name}`}
      data-testid={`record.field.${field.name}`}
    >
      <dt className={named ? "unseen" : undefined}>{field.title}</dt>
      <dd>
        {empty ? (
          <span className={styles.none}>
            <span aria-hidden="true">—</span>
            <span className="unseen">{t("field.empty")}</span>
          </span>
        ) : (
          <ValueView field={field} value={value} included={answer.included} />
        )}
        {answer.can.fields?.[field.name] === "mask" && !empty && (
          <span className={styles.masked} title={t("form.locked.mask")}>
            <Icon name="lock" />
            <span className="unseen">{t("form.locked.mask")}</span>
          </span>
        )}
        {waits && <Tag hue="amber">{t("outbox.waitsToBeSent")}</Tag>}
        {onEdit && answer.can.update && writable && (
          <span className={styles.pencil}>
            <IconButton
              icon="edit"
              small
              label={t("record.editField", { field: field.title })}
              onClick={() => onEdit(field.name)}
            />
          </span>
        )}
      </dd>
    </div>
  );
}
