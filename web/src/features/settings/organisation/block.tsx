import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { changeOrganisation, type OrganisationPatch, organisationQuery } from "@/api/organisation";
import type { Organisation } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { useToast } from "@/components/toaster";
import styles from "./organisation.module.css";
import type { Subject } from "./organisation-page";

interface BlockProps {
  readonly subject: Subject;
  readonly children: ReactNode;
}

/** One subject of the organisation's settings: what it is about, and what may be done. */
export function Block({ subject, children }: BlockProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.block} aria-labelledby={subject} data-testid={`org.${subject}`}>
      <h2 id={subject} tabIndex={-1}>
        {t(`organisation.${subject}.title`)}
      </h2>
      <p className={styles.fact}>{t(`organisation.${subject}.text`)}</p>
      {children}
    </section>
  );
}

interface SavedProps {
  readonly subject: Subject;
  readonly settings: Organisation;
  readonly patch: OrganisationPatch;
  /** Draws the fields; each is told what is wrong with its value. */
  readonly children: (wrong: (pointer: string) => string | undefined) => ReactNode;
}

/**
 * A subject that is saved by itself: only what was changed in it. Where somebody else has changed the
 * same meanwhile, it says so, keeps what was entered, and saves it over theirs when it is asked again.
 */
export function SavedBlock({ subject, settings, patch, children }: SavedProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const form = useRef<HTMLFormElement>(null);
  const [base, setBase] = useState(settings);
  const [busy, setBusy] = useState(false);
  const [stale, setStale] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const items = refusal instanceof Fault ? refusal.items : [];
  useEffect(() => {
    if (refusal === undefined) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusal]);
  const save = async (known: Organisation): Promise<Organisation | undefined> => {
    const changes = differing(base, whole(base, patch));
    if (changes.some((member) => differing(base, known).includes(member))) {
      setBase(known);
      setStale(true);
      return undefined;
    }
    const changed = Object.fromEntries(changes.map((member) => [member, patch[member]]));
    try {
      return await changeOrganisation(known.version, changed);
    } catch (error) {
      if (!(error instanceof Fault && error.code === "stale")) throw error;
      return save(await client.fetchQuery({ ...organisationQuery, staleTime: 0 }));
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setStale(false);
    setRefusal(undefined);
    try {
      const saved = await save(settings);
      if (saved) {
        setBase(saved);
        client.setQueryData(organisationQuery.queryKey, saved);
        await client.invalidateQueries({ queryKey: keys.session });
        toast({ text: t("organisation.saved") });
      }
    } catch (error) {
      setRefusal(error);
    }
    setBusy(false);
  };
  const wrong = (place: string) =>
    items.find(({ pointer }) => pointer === `/${place}` || pointer.startsWith(`/${place}/`))
      ?.message;
  return (
    <Block subject={subject}>
      <form ref={form} className={styles.form} onSubmit={submit} noValidate>
        {stale && (
          <Notice tone="warning" testId={`org.${subject}.stale`}>
            <p>{t("organisation.stale")}</p>
          </Notice>
        )}
        {refusal !== undefined && items.length === 0 && (
          <Notice tone="danger" testId={`org.${subject}.refusal`}>
            <p>{faultText(refusal, t)}</p>
          </Notice>
        )}
        {children(wrong)}
        <div className={styles.buttons}>
          <Button kind="primary" submit busy={busy} testId={`org.${subject}.save`}>
            {t("form.save")}
          </Button>
        </div>
      </form>
    </Block>
  );
}

const members = [
  "name",
  "timezone",
  "locale",
  "languages",
  "currency",
  "currencies",
  "fiscal_year_start",
  "brand",
] as const;

/** The members that differ between what the organisation was and what it is. */
function differing(was: Organisation, is: Organisation): readonly (typeof members)[number][] {
  return members.filter((member) => said(was, member) !== said(is, member));
}

/** What is said of a member, but for the logo, which is changed by itself. */
function said(organisation: Organisation, member: (typeof members)[number]): string {
  const { name, accent } = organisation.brand;
  return JSON.stringify(member === "brand" ? { name, accent } : organisation[member]);
}

function whole(base: Organisation, patch: OrganisationPatch): Organisation {
  return { ...base, ...patch, brand: { ...base.brand, ...patch.brand } };
}
