import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { ConversionTarget } from "@/api/conversions";
import { useCatalog } from "@/api/meta";
import { recordQuery } from "@/api/records";
import type { RecordAnswer, Value } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { ValueView } from "@/kinds/field/value-view";
import { askedFields, type Choice, points } from "./choices";
import { Conflicts } from "./conflicts";
import styles from "./convert.module.css";

interface TargetChoiceProps {
  readonly target: ConversionTarget;
  readonly choice: Choice;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (choice: Choice) => void;
}

/** One of the records that a record becomes: one that is there, a new one, or none. */
export function TargetChoice(props: TargetChoiceProps) {
  const { target, choice, onChange } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const title = catalog.object(target.object)?.title ?? target.object;
  const pick = (value: string) => onChange({ ...choice, pick: value, replaced: [] });
  const reason = (fields: readonly string[]) =>
    format.list(fields.map((name) => catalog.field(target.object, name)?.title ?? name));
  const card = (value: string) => ({
    name: `convert.${target.object}`,
    checked: choice.pick === value,
    onChoose: () => pick(value),
    testId: `convert.${target.object}.${value}`,
  });
  const alone = target.matches.length === 0 && !target.optional;
  return (
    <section className={styles.target} data-testid={`convert.${target.object}`}>
      <h3 className={styles.title}>{title}</h3>
      {!alone && (
        <RadioCards label={title}>
          {target.matches.map((match) => (
            <RadioCard
              key={match.id}
              {...card(match.id)}
              title={t("convert.use", { name: match.display })}
            >
              {t("convert.match", {
                percent: format.percent(Math.round(Number(match.score) * 100)),
                fields: reason(match.fields),
              })}
            </RadioCard>
          ))}
          {target.create && (
            <RadioCard {...card("new")} title={t("convert.new", { object: title })} />
          )}
          {target.optional && <RadioCard {...card("skip")} title={t("convert.skip")} />}
        </RadioCards>
      )}
      {alone && !target.create && <Notice tone="warning">{t("convert.cannotCreate")}</Notice>}
      {choice.pick === "new" && <NewRecord {...props} />}
      {choice.pick !== "new" && choice.pick !== "skip" && <Used {...props} />}
    </section>
  );
}

/** What a new record is made of: what a person should look at, and the rest below. */
function NewRecord({ target, choice, errors, onChange }: TargetChoiceProps) {
  const { t } = useTranslation();
  const id = useId();
  const catalog = useCatalog();
  const asked = askedFields(catalog, target.object);
  const rest = catalog
    .fields(target.object)
    .filter((field) => field.name in target.values && !asked.includes(field) && !points(field));
  const initial = (name: string): Value => choice.typed[name] ?? target.values[name] ?? null;
  return (
    <>
      <div className={styles.fields}>
        {asked.map((field) => {
          const { Input } = lookOf(field);
          return (
            <FieldFrame
              key={field.name}
              id={`${id}-${field.name}`}
              label={field.title}
              required={field.required}
              error={errors[field.name]}
              testId={`convert.${target.object}.field.${field.name}`}
            >
              {(ids) => (
                <Input
                  field={field}
                  ids={ids}
                  value={initial(field.name) ?? field.default ?? null}
                  depends={undefined}
                  included={undefined}
                  disabled={false}
                  onChange={(value) =>
                    onChange({ ...choice, typed: { ...choice.typed, [field.name]: value } })
                  }
                  testId={`convert.${target.object}.${field.name}`}
                />
              )}
            </FieldFrame>
          );
        })}
      </div>
      {rest.length > 0 && (
        <details className={styles.rest}>
          <summary>{t("convert.taken", { count: rest.length })}</summary>
          <dl>
            {rest.map((field) => (
              <div key={field.name}>
                <dt>{field.title}</dt>
                <dd>
                  <ValueView field={field} value={target.values[field.name]} brief />
                  {errors[field.name] && <p className={styles.error}>{errors[field.name]}</p>}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** What becomes of a record that is there. */
function Used({ target, choice, onChange }: TargetChoiceProps) {
  const theirs = useQuery(recordQuery(target.object, choice.pick));
  if (!theirs.data) return null;
  const answer: RecordAnswer = theirs.data;
  return (
    <Conflicts
      target={target}
      theirs={answer}
      replaced={choice.replaced}
      onChange={(replaced) => onChange({ ...choice, replaced })}
    />
  );
}
