import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Conversion,
  type ConversionOffer,
  conversionQuery,
  convertRecord,
} from "@/api/conversions";
import type { ObjectDefinition } from "@/api/definitions";
import { Fault } from "@/api/fault";
import { recordQuery } from "@/api/records";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { type Choice, firstChoice, told } from "./choices";
import styles from "./convert.module.css";
import { TargetChoice } from "./target-choice";

interface ConvertDialogProps {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly name: string;
  readonly onDone: (conversion: Conversion) => void;
  readonly onClose: () => void;
}

/** Asks what a record is to become, offering what is there already. */
export function ConvertDialog(props: ConvertDialogProps) {
  const { t } = useTranslation();
  const offer = useQuery({ ...conversionQuery(props.object.name, props.id), staleTime: 0 });
  return (
    <Dialog
      title={t("convert.title", { name: props.name })}
      open
      wide
      onClose={props.onClose}
      testId="convert"
    >
      {offer.isError && <FaultView error={offer.error} onRetry={() => offer.refetch()} />}
      {offer.isPending && <Skeleton lines={6} />}
      {offer.data && !offer.isFetching && <ConvertForm {...props} offer={offer.data} />}
    </Dialog>
  );
}

function ConvertForm(props: ConvertDialogProps & { readonly offer: ConversionOffer }) {
  const { object, id, offer } = props;
  const { t } = useTranslation();
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>(() =>
    Object.fromEntries(offer.targets.map((target) => [target.object, firstChoice(target)])),
  );
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const picked = offer.targets.map((target) => ({
    target,
    choice: choices[target.object] ?? firstChoice(target),
  }));
  const used = useQueries({
    queries: picked.map(({ target, choice }) => ({
      ...recordQuery(target.object, choice.pick),
      enabled: choice.pick !== "new" && choice.pick !== "skip",
    })),
  });

  const convert = async () => {
    setBusy(true);
    setError(null);
    try {
      const targets = picked.map(
        ({ target, choice }, at) =>
          [target.object, told(target, choice, used[at]?.data?.data)] as const,
      );
      props.onDone(await convertRecord(object.name, id, Object.fromEntries(targets)));
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };
  const impossible = picked.some(
    ({ target, choice }) => choice.pick === "skip" && !target.optional,
  );
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void convert();
      }}
    >
      {error !== null && <Notice tone="danger">{faultText(error, t)}</Notice>}
      {picked.map(({ target, choice }) => (
        <TargetChoice
          key={target.object}
          target={target}
          choice={choice}
          errors={errorsOf(error, target.object)}
          onChange={(next) => setChoices((known) => ({ ...known, [target.object]: next }))}
        />
      ))}
      {offer.carried > 0 && (
        <p className={styles.note}>{t("convert.carried", { count: offer.carried })}</p>
      )}
      <div className={styles.buttons}>
        <Button kind="quiet" onClick={props.onClose} disabled={busy}>
          {t("action.cancel")}
        </Button>
        <Button kind="primary" submit busy={busy} disabled={impossible} testId="convert.submit">
          {t("convert.do")}
        </Button>
      </div>
    </form>
  );
}

/** What is wrong with the values of a target, by field. */
function errorsOf(error: unknown, object: string): Readonly<Record<string, string>> {
  if (!(error instanceof Fault)) return {};
  const found: Record<string, string> = {};
  for (const { pointer, message } of error.items) {
    const [, , target, , field] = pointer.split("/");
    if (target === object && field) found[field] = message;
  }
  return found;
}
