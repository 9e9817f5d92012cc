import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import {
  keepRequirement,
  type Requirement,
  requirementQuery,
  type ToldRequirement,
} from "@/api/second-factor";
import { Button } from "@/components/button";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { Skeleton } from "@/components/skeleton";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { Frame } from "./single-sign-on/frame";
import styles from "./single-sign-on/single-sign-on.module.css";

/** Of whom a second factor is required, from when on, and who has none yet. */
export default function SecondFactorPage() {
  const { t } = useTranslation();
  const found = useQuery(requirementQuery);
  return (
    <Frame title={t("factor.title")}>
      {found.isPending && <Skeleton lines={6} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <RequirementForm told={found.data} />}
    </Frame>
  );
}

const choices = ["nobody", "builders", "everybody"] as const;

function RequirementForm({ told }: { told: ToldRequirement }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [of, setOf] = useState<Requirement["required_of"]>(told.required_of);
  const [days, setDays] = useState(String(told.days));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const items = refusal instanceof Fault ? refusal.items : [];
  const wrong = items.find((item) => item.pointer === "/days")?.message;
  const { without } = told;
  const lacking = of === "builders" ? without.people.filter((one) => one.builds) : without.people;
  const count = of === "builders" ? without.builders : without.everybody;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      await keepRequirement({ required_of: of, days: /^\d{1,4}$/.test(days) ? Number(days) : -1 });
      toast({ text: t("required.kept") });
      await client.invalidateQueries({ queryKey: keys.requirement });
      await client.invalidateQueries({ queryKey: keys.session });
    } catch (error) {
      setRefusal(error);
    }
    setBusy(false);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.fact}>{t("required.text")}</p>
      {refusal !== undefined && !wrong && (
        <Notice tone="danger" testId="required.refusal">
          <p>{items[0]?.message ?? faultText(refusal, t)}</p>
        </Notice>
      )}
      <RadioCards label={t("required.of")} labelled>
        {choices.map((choice) => (
          <RadioCard
            key={choice}
            name="of"
            title={t(`required.${choice}`)}
            checked={of === choice}
            onChoose={() => setOf(choice)}
            testId={`required.${choice}`}
          >
            {choice === "nobody"
              ? t("required.nobodyText")
              : t("required.without", { count: without[choice] })}
          </RadioCard>
        ))}
      </RadioCards>
      {of !== "nobody" && (
        <FieldFrame label={t("required.days")} help={t("required.daysHelp")} error={wrong} required>
          {(ids) => (
            <TextInput
              ids={ids}
              inputMode="numeric"
              maxLength={4}
              value={days}
              onChange={setDays}
              testId="required.days"
            />
          )}
        </FieldFrame>
      )}
      {of !== "nobody" && count > 0 && (
        <details className={styles.claims}>
          <summary data-testid="required.who">{t("required.who", { count })}</summary>
          <Entries testId="required.people">
            {lacking.map((one) => (
              <Entry
                key={one.id}
                title={<Link to={`/o/user/${one.id}`}>{one.name}</Link>}
                facts={one.builds && t("required.builds")}
              />
            ))}
          </Entries>
          {count > lacking.length && (
            <p className={styles.fact}>{t("required.more", { count: count - lacking.length })}</p>
          )}
        </details>
      )}
      <div className={styles.buttons}>
        <Button kind="primary" submit busy={busy} testId="required.keep">
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}
