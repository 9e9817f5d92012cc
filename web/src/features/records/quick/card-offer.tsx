import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import type { Finding } from "./card-fields";
import styles from "./quick.module.css";

interface CardOfferProps {
  readonly findings: readonly Finding[];
  readonly onFill: (findings: readonly Finding[]) => void;
  /** Puts the text where it was pasted. */
  readonly onText: (() => void) | undefined;
  readonly onClose: () => void;
}

/** What was found in a pasted text, to be confirmed before it fills the fields. */
export function CardOffer({ findings, onFill, onText, onClose }: CardOfferProps) {
  const { t } = useTranslation();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  const take = (name: string, taken: boolean) => {
    const next = new Set(left);
    if (taken) next.delete(name);
    else next.add(name);
    setLeft(next);
  };
  const taken = findings.filter(({ field }) => !left.has(field.name));
  return (
    <section
      ref={box}
      tabIndex={-1}
      className={styles.offer}
      aria-label={t("quick.found")}
      data-testid="quick.card"
    >
      <h3>{t("quick.found")}</h3>
      <ul>
        {findings.map(({ field, value }) => (
          <li key={field.name}>
            <Checkbox
              checked={!left.has(field.name)}
              onChange={(checked) => take(field.name, checked)}
              testId={`quick.card.${field.name}`}
            >
              <span className={styles.foundField}>{field.title}</span>
              <span className={styles.foundValue}>{value}</span>
            </Checkbox>
          </li>
        ))}
      </ul>
      <div className={styles.offerActions}>
        <Button
          kind="primary"
          disabled={taken.length === 0}
          onClick={() => onFill(taken)}
          testId="quick.card.fill"
        >
          {t("quick.fill")}
        </Button>
        {onText && (
          <Button onClick={onText} testId="quick.card.text">
            {t("quick.asText")}
          </Button>
        )}
        <Button kind="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </div>
    </section>
  );
}
