import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { applyCalendars, type CalendarDefinition, type Calendars } from "@/api/calendars";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { changeOrganisation, organisationQuery } from "@/api/organisation";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { useToast } from "@/components/toaster";
import styles from "./calendars.module.css";
import { ImportDialog } from "./import-dialog";
import type { Draft } from "./use-draft";

interface CalendarActionsProps {
  readonly draft: Draft;
  readonly calendar: CalendarDefinition;
  readonly calendars: Calendars;
  readonly title: string;
}

/** What can be done with a calendar as a whole. */
export function CalendarActions(props: CalendarActionsProps) {
  const { t } = useTranslation();
  const { draft, calendar } = props;
  const me = useMe();
  const client = useQueryClient();
  const toast = useToast();
  const ways = useRef<HTMLSpanElement>(null);
  const own = useMutation({
    mutationFn: () => changeOrganisation(me.organisation.version, { calendar: calendar.name }),
    onSuccess: (organisation) => {
      client.setQueryData(organisationQuery.queryKey, organisation);
      toast({ text: t("organisation.saved") });
      ways.current?.querySelector("button")?.focus();
    },
    onError: (error) => toast({ text: faultText(error, t) }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.session }),
  });
  const [asking, setAsking] = useState(false);
  const [importing, setImporting] = useState(false);
  return (
    <span ref={ways} className={styles.ways}>
      <Button icon="upload" onClick={() => setImporting(true)} testId="calendars.import">
        {t("calendars.file.import")}
      </Button>
      {me.abilities.includes("manage_organisation") &&
        me.organisation.calendar !== calendar.name && (
          <Button
            icon="check"
            busy={own.isPending}
            onClick={() => own.mutate()}
            testId="calendars.makeOwn"
          >
            {t("calendars.makeOwn")}
          </Button>
        )}
      <Button kind="danger" icon="trash" onClick={() => setAsking(true)} testId="calendars.remove">
        {t("action.delete")}
      </Button>
      {importing && (
        <ImportDialog plan={draft.plan} onChange={draft.set} onClose={() => setImporting(false)} />
      )}
      {asking && <RemoveDialog {...props} onClose={() => setAsking(false)} />}
    </span>
  );
}

function RemoveDialog(props: CalendarActionsProps & { readonly onClose: () => void }) {
  const { calendar, calendars, title, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const items = refusal instanceof Fault ? (refusal.problem.errors ?? []) : [];
  const remove = async () => {
    setBusy(true);
    try {
      await applyCalendars({
        base: calendars.revision,
        definitions: [],
        delete: [{ kind: "calendar", name: calendar.name }],
      });
      navigate("/settings/calendars", { replace: true });
      await client.invalidateQueries({ queryKey: keys.meta });
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t("calendars.removeTitle", { name: title })}
      onClose={onClose}
      testId="calendars.removing"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="danger"
            busy={busy}
            onClick={() => void remove()}
            testId="calendars.removing.confirm"
          >
            {t("action.delete")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {refusal !== undefined && (
          <Notice tone="danger" title={faultText(refusal, t)} testId="calendars.refused">
            {items.map((item) => (
              <p key={item.pointer}>
                <code>{item.pointer}</code> {item.message}
              </p>
            ))}
          </Notice>
        )}
        <p>{t("calendars.removeText")}</p>
      </div>
    </Dialog>
  );
}
