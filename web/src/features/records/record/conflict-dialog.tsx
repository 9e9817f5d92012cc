import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { RecordAnswer, Values } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { ValueView } from "@/kinds/field/value-view";
import styles from "./record.module.css";

interface ConflictDialogProps {
  readonly object: string;
  readonly current: RecordAnswer;
  readonly mine: Values;
  readonly fields: readonly string[];
  readonly onSettle: (values: Values) => void;
  readonly onClose: () => void;
}

/** Two people changed the same fields: both values are shown, and one is chosen. */
export default function ConflictDialog(props: ConflictDialogProps) {
  const { object, current, mine, fields, onSettle } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (name: string, their: boolean) => {
    const next = new Set(theirs);
    if (their) next.add(name);
    else next.delete(name);
    setTheirs(next);
  };
  const settle = () => {
    onSettle(Object.fromEntries(Object.entries(mine).filter(([name]) => !theirs.has(name))));
  };
  return (
    <Dialog
      title={t("conflict.title")}
      open
      onClose={props.onClose}
      testId="conflict"
      footer={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            {t("conflict.back")}
          </Button>
          <Button kind="primary" onClick={settle} testId="conflict.save">
            {t("conflict.save")}
          </Button>
        </>
      }
    >
      <div className={styles.conflicts}>
        <p>{t("conflict.text")}</p>
        {fields.map((name) => {
          const field = catalog.field(object, name);
          if (!field) return null;
          const sides = [
            { key: "mine", their: false, value: mine[name] },
            { key: "theirs", their: true, value: current.data[name] },
          ] as const;
          return (
            <section key={name} className={styles.conflict}>
              <h3>{field.title}</h3>
              <RadioCards label={field.title}>
                {sides.map((side) => (
                  <RadioCard
                    key={side.key}
                    name={name}
                    title={t(`conflict.${side.key}`)}
                    checked={theirs.has(name) === side.their}
                    onChoose={() => choose(name, side.their)}
                    testId={`conflict.${name}.${side.key}`}
                  >
                    {side.value === null || side.value === undefined ? (
                      t("field.empty")
                    ) : (
                      <ValueView field={field} value={side.value} included={current.included} />
                    )}
                  </RadioCard>
                ))}
              </RadioCards>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
