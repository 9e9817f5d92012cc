import { type KeyboardEvent, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { Button, IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Skeleton } from "@/components/skeleton";
import styles from "./dashboard.module.css";

interface CardFrameProps {
  readonly name: string;
  readonly title: string;
  readonly description?: string | undefined;
  /** What the figures are about, such as a period. */
  readonly about?: string;
  readonly tabular: boolean;
  /** Changes between the picture and the table; without it there is only one of them. */
  readonly onTabular?: () => void;
  readonly children: ReactNode;
}

/** What every card stands in: its title, and the way to its table, also by the key T. */
export function CardFrame(props: CardFrameProps) {
  const { t } = useTranslation();
  const { name, title, about, tabular, onTabular } = props;
  const heading = useId();
  const press = (event: KeyboardEvent) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key.toLowerCase() === "t" && plain) onTabular?.();
  };
  return (
    <section
      className={styles.card}
      aria-labelledby={heading}
      onKeyDown={press}
      data-testid={`card.${name}`}
    >
      <header className={styles.cardHeader}>
        <h2 id={heading} className={styles.cardTitle} title={props.description}>
          {title}
        </h2>
        {about && <span className={styles.about}>{about}</span>}
        {onTabular && (
          <IconButton
            icon={tabular ? "gauge" : "columns"}
            label={t(tabular ? "dashboard.asPicture" : "dashboard.asTable")}
            small
            pressed={tabular}
            onClick={onTabular}
            testId={`card.${name}.table`}
          />
        )}
      </header>
      <div className={styles.cardBody}>{props.children}</div>
    </section>
  );
}

interface PendingProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** What a card shows instead of figures: that they come, that they failed, that they are hidden. */
export function Pending({ error, onRetry }: PendingProps) {
  const { t } = useTranslation();
  if (!error) return <Skeleton lines={3} />;
  if (error instanceof Fault && (error.status === 404 || error.status === 403)) {
    return (
      <p className={styles.notice} data-testid="card.hidden">
        <Icon name="lock" /> {t("dashboard.hidden")}
      </p>
    );
  }
  return (
    <div className={styles.notice} role="alert" data-testid="card.failed">
      <p>
        <Icon name="warning" /> {faultText(error, t)}
      </p>
      <Button onClick={onRetry}>{t("action.retry")}</Button>
    </div>
  );
}
