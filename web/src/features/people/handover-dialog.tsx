import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Owned, ownedQuery, startHandover } from "@/api/handovers";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import type { RecordData, Value } from "@/api/types";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { FaultView, faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./people.module.css";

interface HandoverDialogProps {
  readonly person: RecordData;
  readonly onClose: () => void;
}

/** Gives what a person has to another, after showing how much that is. */
export function HandoverDialog({ person, onClose }: HandoverDialogProps) {
  const { t } = useTranslation();
  const owned = useQuery(ownedQuery(person.id));
  return (
    <Dialog
      open
      title={t("handover.ask", { name: String(person.name ?? "") })}
      onClose={onClose}
      testId="handover"
    >
      {owned.isPending && <Skeleton lines={6} />}
      {owned.isError && <FaultView error={owned.error} onRetry={() => void owned.refetch()} />}
      {owned.data && <HandoverForm person={person} owned={owned.data} onClose={onClose} />}
    </Dialog>
  );
}

/** A field that names a person, to choose one with. */
const receiverField = "manager";

function HandoverForm({
  person,
  owned,
  onClose,
}: HandoverDialogProps & { owned: readonly Owned[] }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const suggested = owned.filter((one) => !one.log).map((one) => one.object);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(suggested));
  const [to, setTo] = useState<Value>(null);
  const [disable, setDisable] = useState(true);
  const start = useMutation({
    mutationFn: () => startHandover(person.id, { to: String(to), objects: [...chosen], disable }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.handovers });
      await client.invalidateQueries({ queryKey: keys.records("user") });
      toast({ text: t("handover.begun") });
      onClose();
    },
  });
  const tick = (object: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(object);
    else next.delete(object);
    setChosen(next);
  };
  const total = owned.reduce((sum, one) => sum + (chosen.has(one.object) ? one.count : 0), 0);
  const field = catalog.field("user", receiverField);
  const Input = field && lookOf(field).Input;
  return (
    <div className={styles.form}>
      {start.isError && (
        <Notice tone="danger" testId="handover.refusal">
          <p>{faultText(start.error, t)}</p>
        </Notice>
      )}
      <p>{t("handover.text")}</p>
      {field && Input && (
        <FieldFrame label={t("handover.to")} required>
          {(ids) => (
            <Input field={field} ids={ids} value={to} onChange={setTo} testId="handover.to" />
          )}
        </FieldFrame>
      )}
      <fieldset className={styles.kinds}>
        <legend>{t("handover.what")}</legend>
        {owned.length === 0 && <p className={styles.quiet}>{t("handover.nothing")}</p>}
        {owned.map(({ object, count, log }) => {
          const definition = catalog.object(object);
          return (
            <Checkbox
              key={object}
              checked={chosen.has(object)}
              onChange={(on) => tick(object, on)}
              testId={`handover.${object}`}
            >
              <span className={styles.kind}>
                {definition ? pluralOf(definition) : object}
                {log && <span className={styles.quiet}>{t("handover.log")}</span>}
              </span>
              <span className={styles.count}>{format.number(count)}</span>
            </Checkbox>
          );
        })}
      </fieldset>
      <Checkbox checked={disable} onChange={setDisable} testId="handover.disable">
        {t("handover.disable")}
      </Checkbox>
      <div className={styles.buttons}>
        <Button
          kind="primary"
          busy={start.isPending}
          disabled={!to || (total === 0 && !disable)}
          onClick={() => start.mutate()}
          testId="handover.start"
        >
          {total > 0
            ? t("handover.start", { count: total, n: format.number(total) })
            : t("handover.startNone")}
        </Button>
      </div>
    </div>
  );
}
