import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import type { PoolAsk } from "@/api/pools";
import type { Value } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { TextArea } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { inSentence } from "@/lib/words";
import styles from "./pool.module.css";

interface PoolDialogProps {
  readonly object: ObjectDefinition;
  readonly action: "release" | "assign";
  /** Of one record its name; of several how many. */
  readonly name?: string;
  readonly count?: number;
  readonly onAct: (ask: PoolAsk) => Promise<unknown>;
  readonly onClose: () => void;
}

/** A field that names a person, to choose one with. */
const personField = "manager";

/** Asks to whom records go, or why they return and where to. */
export default function PoolDialog(props: PoolDialogProps) {
  const { object, action, name, count = 1, onAct, onClose } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const [value, setValue] = useState<Value>(null);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const objects = inSentence(pluralOf(object));
  const title =
    name === undefined
      ? t(`pool.title.${action}Many`, { count, n: format.number(count), objects })
      : t(`pool.title.${action}`, { name });
  const field =
    action === "assign"
      ? catalog.field("user", personField)
      : catalog.field(object.name, object.behaviours?.pool?.field ?? "");
  const Input = field && lookOf(field).Input;
  const act = async () => {
    const chosen = typeof value === "string" ? value : undefined;
    setBusy(true);
    await onAct(action === "assign" ? { user: chosen ?? "" } : { pool: chosen ?? "", reason });
    onClose();
  };
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      testId={`pool.${action}Dialog`}
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={action === "assign" && value === null}
            onClick={() => void act()}
            testId={`pool.${action}Do`}
          >
            {t(`pool.do.${action}`)}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {field && Input && (
          <FieldFrame
            label={t(`pool.to.${action}`)}
            required={action === "assign"}
            help={t(`pool.help.${action}`)}
          >
            {(ids) => (
              <Input field={field} ids={ids} value={value} onChange={setValue} testId="pool.to" />
            )}
          </FieldFrame>
        )}
        {action === "release" && (
          <FieldFrame label={t("pool.reason")} help={t("pool.reasonHelp")}>
            {(ids) => (
              <TextArea ids={ids} value={reason} onChange={setReason} testId="pool.reason" />
            )}
          </FieldFrame>
        )}
      </div>
    </Dialog>
  );
}
