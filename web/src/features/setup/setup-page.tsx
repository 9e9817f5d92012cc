import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Fault } from "@/api/fault";
import { sessionQuery, setUp, setupQuery } from "@/api/session";
import type { SetupOffer } from "@/api/types";
import { Brand } from "@/components/brand";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { Steps } from "@/components/steps";
import { browserTimezone } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { useTitle } from "@/components/use-title";
import { guessCurrency } from "@/lib/guess";
import { AdministratorStep } from "./administrator-step";
import { type Answers, type Lack, lacks, refusals, steps } from "./answers";
import { LanguageStep } from "./language-step";
import { OrganisationStep } from "./organisation-step";
import styles from "./setup.module.css";
import { StartStep } from "./start-step";

/** From an empty installation to a usable one, in four steps. */
export default function SetupPage() {
  const { t } = useTranslation();
  const offer = useQuery(setupQuery);
  useTitle(t("setup.title"));
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Brand />
      </header>
      <main className={styles.card}>
        {offer.isPending && <Skeleton lines={4} />}
        {offer.isError && <FaultView error={offer.error} onRetry={() => offer.refetch()} />}
        {offer.data && <Wizard offer={offer.data} />}
      </main>
    </div>
  );
}

function Wizard({ offer }: { offer: SetupOffer }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [language] = useLanguage();
  const [current, setCurrent] = useState(0);
  const [answers, setAnswers] = useState<Answers>(() => firstAnswers(offer));
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const step = steps[current] ?? "start";

  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its heading
  useEffect(() => heading.current?.focus(), [current]);

  const words: Record<Lack, string> = {
    missing: t("form.fault.required"),
    email: t("form.fault.email"),
    short: t("password.tooShort"),
  };
  const change = (given: Partial<Answers>) => {
    setAnswers((before) => ({ ...before, ...given }));
    setErrors({});
  };
  const install = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const me = await setUp({ ...answers, email: answers.email.trim(), locale: language });
      client.clear();
      client.setQueryData(sessionQuery.queryKey, me);
      navigate("/", { replace: true });
    } catch (error) {
      setBusy(false);
      setRefusal(faultText(error, t));
      if (!(error instanceof Fault) || error.items.length === 0) return;
      const refused = refusals(error);
      setErrors(refused.messages);
      setCurrent(steps.indexOf(refused.step));
    }
  };
  const next = (event: FormEvent) => {
    event.preventDefault();
    const found = Object.entries(lacks(step, answers)).map(([name, lack]) => [name, words[lack]]);
    setErrors(Object.fromEntries(found));
    if (found.length > 0) return;
    if (step === "start") void install();
    else setCurrent(current + 1);
  };
  const back = (event: KeyboardEvent) => {
    if (event.altKey && event.key === "ArrowLeft" && current > 0) {
      event.preventDefault();
      setCurrent(current - 1);
    }
  };

  const stepProps = { answers, errors, change };
  return (
    <form className={styles.wizard} onSubmit={next} onKeyDown={back} noValidate>
      <Steps titles={steps.map((one) => t(`setup.${one}.step`))} current={current} />
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {t(`setup.${step}.title`)}
        </h1>
        <p className={styles.intro}>{t(`setup.${step}.intro`)}</p>
      </div>
      {refusal && (
        <Notice tone="danger" title={t("setup.failed")} testId="setup.refusal">
          <p>{refusal}</p>
        </Notice>
      )}
      {step === "language" && <LanguageStep />}
      {step === "administrator" && <AdministratorStep {...stepProps} />}
      {step === "organisation" && <OrganisationStep {...stepProps} />}
      {step === "start" && <StartStep {...stepProps} offer={offer} />}
      <p className={styles.status} role="status">
        {busy && t("setup.installing")}
      </p>
      <div className={styles.buttons}>
        {current > 0 && (
          <Button kind="quiet" onClick={() => setCurrent(current - 1)} disabled={busy}>
            {t("action.back")}
          </Button>
        )}
        <Button kind="primary" submit busy={busy} testId="setup.next">
          {step === "start" ? t("setup.install") : t("action.next")}
        </Button>
      </div>
    </form>
  );
}

function firstAnswers(offer: SetupOffer): Answers {
  const timezone = browserTimezone();
  return {
    name: "",
    email: "",
    password: "",
    organisation: "",
    timezone,
    currency: guessCurrency(timezone, navigator.language),
    fiscal_year_start: 1,
    templates: offer.templates.map((template) => template.name),
    samples: false,
  };
}
