import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { useOutbox, type Waiting } from "@/api/outbox";
import { Sign } from "@/components/sign";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { partsOf } from "@/lib/mentions";
import styles from "./timeline.module.css";

/** What one has said about a record and could not send yet. */
export function WaitingEntries({ id }: { id: string }) {
  const { t } = useTranslation();
  const outbox = useOutbox();
  const own = outbox.filter((one) => isAbout(one, id) && one.problem === undefined);
  if (own.length === 0) return null;
  return (
    <ol
      className={styles.entries}
      aria-label={t("outbox.waitsToBeSent")}
      data-testid="timeline.waiting"
    >
      {own.map((one) => (
        <WaitingEntry key={one.id} waiting={one} />
      ))}
    </ol>
  );
}

function isAbout({ kind, record, about }: Waiting, id: string): boolean {
  return kind === "comment" ? record === id : kind === "create" && about?.id === id;
}

function WaitingEntry({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { kind, object, name, values, at } = waiting;
  const what = kind === "comment" ? t("timeline.note") : (catalog.object(object)?.title ?? object);
  const text = kind === "comment" ? partsOf(String(values.text), {}) : [{ text: name }];
  return (
    <li className={styles.entry}>
      <Sign icon="upload" small tone="warning" />
      <div className={styles.words}>
        <p className={styles.head}>
          <span className={styles.who}>{what}</span>
          <time dateTime={at} title={format.instant(at)}>
            {format.time(at)}
          </time>
          <Tag hue="amber">{t("outbox.waitsToBeSent")}</Tag>
        </p>
        <p className={styles.text}>{text.map((part) => part.text)}</p>
      </div>
    </li>
  );
}
