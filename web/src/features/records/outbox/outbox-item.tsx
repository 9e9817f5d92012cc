import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { discard, type Waiting } from "@/api/outbox";
import { Button } from "@/components/button";
import { Sign } from "@/components/sign";
import { Tag } from "@/components/tag";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { ValueView } from "@/kinds/field/value-view";
import { partsOf } from "@/lib/mentions";
import { inSentence } from "@/lib/words";
import { recordAddress } from "../record/neighbours";
import styles from "./outbox.module.css";
import { Remedy } from "./remedy";

const icons = { create: "plus", update: "edit", comment: "edit" } as const;
const most = 6;

/** A write that waits: what it is, what became of it, and what one can do about it. */
export function OutboxItem({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const toast = useToast();
  const { kind, object, record, name, problem } = waiting;
  const title = catalog.object(object)?.title ?? object;
  const drop = async () => {
    const back = await discard(waiting);
    toast({
      text: t("outbox.discarded", { name }),
      action: { label: t("action.undo"), perform: () => void back() },
    });
  };
  return (
    <li className={styles.item} data-testid={`outbox.item.${waiting.id}`}>
      <Sign icon={icons[kind]} />
      <div className={styles.words}>
        <p className={styles.head}>
          <span>{t(`outbox.kind.${kind}`, { object: inSentence(title) })}</span>
          {record ? (
            <Link to={recordAddress(object, record)} className={styles.name}>
              {name}
            </Link>
          ) : (
            <span className={styles.name}>{name}</span>
          )}
          <time dateTime={waiting.at} className={styles.quiet}>
            {format.ago(waiting.at)}
          </time>
          <Tag hue={problem ? "red" : "amber"}>
            {t(problem ? "outbox.wasRefused" : "outbox.waitsToBeSent")}
          </Tag>
        </p>
        <Written waiting={waiting} />
        {problem && <Remedy waiting={waiting} problem={problem} />}
      </div>
      <Button kind="quiet" icon="trash" onClick={() => void drop()} testId="outbox.discard">
        {t("outbox.discard")}
        <span className="unseen"> {name}</span>
      </Button>
    </li>
  );
}

/** What was written: the words of a note, or the values of fields. */
function Written({ waiting }: { waiting: Waiting }) {
  const catalog = useCatalog();
  const { kind, object, values } = waiting;
  if (kind === "comment") {
    const text = partsOf(String(values.text), {}).map((part) => part.text);
    return <p className={styles.text}>{text}</p>;
  }
  const display = catalog.display(object);
  const fields = Object.keys(values)
    .flatMap((name) => catalog.field(object, name) ?? [])
    .filter((field) => isPlain(field) && !(kind === "create" && field.name === display));
  if (fields.length === 0) return null;
  return (
    <dl className={styles.values}>
      {fields.slice(0, most).map((field) => (
        <div key={field.name}>
          <dt>{field.title}</dt>
          <dd>
            <Told field={field} waiting={waiting} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Told({ field, waiting }: { field: Field; waiting: Waiting }) {
  const { t } = useTranslation();
  const value = waiting.values[field.name];
  if (value === null || value === undefined) return t("field.empty");
  return <ValueView field={field} value={value} included={undefined} brief />;
}

/** Whether a value says something without the names of other records. */
function isPlain({ field }: Field): boolean {
  return !["lookup", "lookups", "link", "user", "department"].includes(field);
}
