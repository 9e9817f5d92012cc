import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Option } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { mayWrite, type RecordAnswer } from "@/api/types";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Menu } from "@/components/menu";
import { usePhone } from "@/components/use-media";
import { isShortcut } from "@/lib/submit-key";
import FillDialog from "../move/fill-dialog";
import { RefusalNote } from "../move/refusal-note";
import { useMoves } from "../move/use-moves";
import { type Stages, stagesOf, waitsTooLong } from "./model";
import styles from "./path.module.css";
import { ageText, StageAge } from "./stage-age";
import { useDaysSince } from "./use-days-since";

interface StagePathProps {
  readonly object: string;
  readonly answer: RecordAnswer;
  /** The field whose options are the stages. */
  readonly field: Field;
  readonly name: string;
}

/** The stages of a record, where it is, and one action that brings it on. */
export default function StagePath({ object, answer, field, name }: StagePathProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const phone = usePhone();
  const { moves, refusals, move, forgive } = useMoves(object);
  const { data: record, included, can } = answer;
  const row = { record, included };
  const value = moves.get(record.id)?.values[field.name] ?? record[field.name] ?? "";
  const options = field.oneOf ?? [];
  const stages = stagesOf(options, String(value));
  const { next } = stages;
  const days = useDaysSince(object, record, field.name);
  const late = days !== undefined && waitsTooLong(stages.current, days);
  const where = whereText(stages, t("path.none"), days === undefined ? "" : ageText(t, days));
  const warning = late ? t("path.late", { count: stages.current?.staleAfter }) : "";
  const open = field.can === "write" && field.writable !== false;
  const movable = can.update && open && mayWrite(can.fields?.[field.name]);
  const go = (to: string, more: RecordAnswer["data"] | object = {}) => {
    const column = options.find((one) => one.const === to)?.title ?? to;
    void move(row, { ...more, [field.name]: to }, t("kanban.moved", { name, column }));
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!movable || !next || !isShortcut(event, "p")) return;
      event.preventDefault();
      go(next.const);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const refusal = refusals.get(record.id);
  const to = refusal?.values[field.name] ?? null;
  const lacks = refusal?.fields.some(
    (one) => one !== field.name && catalog.field(object, one)?.can === "write",
  );
  return (
    <section className={styles.frame} aria-label={field.title} data-testid="path">
      <div className={styles.row}>
        {phone ? (
          <Where text={`${where} ${warning}`.trim()} />
        ) : (
          <Steps stages={stages} days={days} />
        )}
        {movable && next && (
          <Button icon="arrow-right" onClick={() => go(next.const)} testId="path.next">
            {t("path.next", { stage: next.title })}
          </Button>
        )}
        {movable && (
          <Menu
            label={phone ? where : t("path.choose")}
            icon={late && phone ? "warning" : "chevron-down"}
            iconOnly={!phone}
            testId="path.menu"
            items={[...stages.way, ...stages.ends].map((one, at) => ({
              key: one.const,
              label: one.title,
              checked: one === stages.current,
              divider: at === stages.way.length && at > 0,
              disabled: one === stages.current,
              perform: () => go(one.const),
            }))}
          />
        )}
      </div>
      {refusal && !lacks && (
        <RefusalNote
          object={object}
          refusal={{ ...refusal, fields: [] }}
          onFill={() => forgive(record.id)}
          onClose={() => forgive(record.id)}
        />
      )}
      {refusal && lacks && (
        <FillDialog
          object={object}
          row={row}
          refusal={{ ...refusal, values: { [field.name]: to } }}
          title={t("move.fillTitle", { name })}
          save={t("move.again")}
          onClose={() => forgive(record.id)}
          onMove={(values) => go(String(to), values)}
        />
      )}
    </section>
  );
}

/** The stages one beside the other; all ends are one step. */
function Steps({ stages, days }: { stages: Stages; days: number | undefined }) {
  const { way, ends, current, at } = stages;
  const step = (key: string, title: string, index: number, end?: Option) => (
    <li
      key={key}
      className={styles.step}
      data-state={index < at ? "done" : index === at ? "current" : "coming"}
      data-category={end?.category}
      aria-current={index === at ? "step" : undefined}
    >
      {index < at && <Icon name="check" />}
      <span>{title}</span>
      {index === at && days !== undefined && (
        <span className={styles.age}>
          <StageAge stage={current} days={days} />
        </span>
      )}
    </li>
  );
  const end = current?.final ? current : undefined;
  return (
    <ol className={styles.steps}>
      {way.map((one, index) => step(one.const, one.title, index))}
      {ends.length > 0 &&
        step("end", end?.title ?? ends.map((one) => one.title).join(" / "), way.length, end)}
    </ol>
  );
}

/** The same for a narrow page, where a menu says it to those who may move it. */
function Where({ text }: { text: string }) {
  return (
    <ol className="unseen">
      <li aria-current="step">{text}</li>
    </ol>
  );
}

/** Such as 3/6 Proposal · 12 days. */
function whereText({ at, steps, current }: Stages, none: string, age: string): string {
  if (!current) return none;
  return [`${at + 1}/${steps} ${current.title}`, age].filter(Boolean).join(" · ");
}
