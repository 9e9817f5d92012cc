import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accessQuery, judged, type Verdict } from "@/api/access";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import { useMe } from "@/api/session";
import { viewAs } from "@/api/view-as";
import { Button } from "@/components/button";
import { Sheet } from "@/components/dialog";
import { FaultView, reasonOf } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Segmented } from "@/components/segmented";
import { Select } from "@/components/select";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./access.module.css";
import { VerdictView } from "./verdict-view";

interface AccessSheetProps {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Who may do what with a record, and why: oneself, or for who manages people, anybody. */
export default function AccessSheet({ object, id, name, onClose }: AccessSheetProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [person, setPerson] = useState({ id: me.id, name: me.name });
  const [action, setAction] = useState<Verdict["action"]>("read");
  const access = useQuery(accessQuery(object.name, id, person.id));
  const toast = useToast();
  const mayView = me.abilities.includes("view_as") && !me.viewer && person.id !== me.id;
  const view = async () => {
    try {
      await viewAs(person.id, `/o/${object.name}/${id}`);
    } catch (error) {
      toast({ text: reasonOf(error, t) });
    }
  };
  const verdict = access.data?.actions.find((one) => one.action === action);
  return (
    <Sheet title={t("access.title", { name })} open onClose={onClose} testId="access">
      <div className={styles.sheet}>
        {me.abilities.includes("manage_users") && (
          <FieldFrame label={t("access.person")}>
            {() => <People person={person} onChange={setPerson} />}
          </FieldFrame>
        )}
        <Segmented
          label={t("access.action")}
          value={action}
          choices={judged.map((value) => ({ value, label: t(`access.actions.${value}`) }))}
          onChange={setAction}
          testId="access.action"
        />
        {mayView && access.data?.active && (
          <div className={styles.as}>
            <Button icon="user" onClick={() => void view()} testId="access.view-as">
              {t("viewAs.here", { name: person.name })}
            </Button>
            <p className={styles.quiet}>{t("viewAs.text")}</p>
          </div>
        )}
        {access.isError && (
          <FaultView error={access.error} heading="h2" onRetry={() => access.refetch()} />
        )}
        {access.isPending && <Skeleton lines={6} />}
        {access.data?.active === false && (
          <Notice tone="warning" testId="access.inactive">
            {t("access.inactive", { person: person.name })}
          </Notice>
        )}
        {verdict && (
          <VerdictView
            object={object}
            verdict={verdict}
            person={person.id === me.id ? t("access.you") : person.name}
            record={name}
          />
        )}
      </div>
    </Sheet>
  );
}

interface PeopleProps {
  readonly person: { readonly id: string; readonly name: string };
  readonly onChange: (person: { readonly id: string; readonly name: string }) => void;
}

function People({ person, onChange }: PeopleProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [typed, setTyped] = useState("");
  const found = useQuery(lookupQuery("user", catalog.display("user"), useDebounced(typed, 200)));
  const others = (found.data ?? []).filter((one) => one.id !== person.id);
  const choices = others.map((one) => ({ value: one.id, label: one.display }));
  return (
    <Select
      label={t("access.person")}
      choices={typed ? choices : [{ value: person.id, label: person.name }, ...choices]}
      value={person.id}
      loading={found.isFetching}
      onSearch={setTyped}
      onChange={(chosen) => {
        const one = others.find((other) => other.id === chosen);
        setTyped("");
        if (one) onChange({ id: one.id, name: one.display });
      }}
      testId="access.person"
    />
  );
}
