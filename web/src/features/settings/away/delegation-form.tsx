import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { beginDelegation } from "@/api/delegations";
import { Fault } from "@/api/fault";
import type { Value } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { useNeedsServer } from "@/components/use-needs-server";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./away.module.css";

interface DelegationFormProps {
  /** Who is away. */
  readonly person: string;
  readonly onBegun: () => void;
}

const parts = ["to", "from", "until"] as const;
type Part = (typeof parts)[number];
const nothing: Readonly<Record<Part, Value>> = { to: null, from: null, until: null };

/** Who stands in, from when and until when. */
export function DelegationForm({ person, onBegun }: DelegationFormProps) {
  const { t } = useTranslation();
  const blocked = useNeedsServer();
  const [values, setValues] = useState(nothing);
  const begin = useMutation({
    mutationFn: () =>
      beginDelegation({
        person,
        to: String(values.to),
        until: String(values.until),
        ...(values.from !== null && { from: String(values.from) }),
      }),
    onSuccess: () => {
      setValues(nothing);
      onBegun();
    },
  });
  const items = begin.error instanceof Fault ? begin.error.items : [];
  const fields: Record<Part, Field> = {
    to: { name: "to", field: "lookup", title: t("away.to"), target: "user", required: true },
    from: { name: "from", field: "datetime", title: t("away.from"), required: false },
    until: { name: "until", field: "datetime", title: t("away.until"), required: true },
  };
  const complete = values.to !== null && values.until !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete) begin.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="away.form">
      {begin.isError && items.length === 0 && (
        <Notice tone="danger" testId="away.refusal">
          <p>{faultText(begin.error, t)}</p>
        </Notice>
      )}
      {parts.map((part) => {
        const { Input } = lookOf(fields[part]);
        return (
          <FieldFrame
            key={part}
            label={fields[part].title}
            required={fields[part].required === true}
            help={part === "from" ? t("away.fromHelp") : undefined}
            error={items.find(({ pointer }) => pointer === `/${part}`)?.message}
          >
            {(ids) => (
              <Input
                field={fields[part]}
                ids={ids}
                value={values[part]}
                onChange={(value) => setValues({ ...values, [part]: value })}
                testId={`away.${part}`}
              />
            )}
          </FieldFrame>
        );
      })}
      <div className={styles.buttons}>
        <Button
          kind="primary"
          submit
          busy={begin.isPending}
          disabled={!complete}
          blocked={blocked}
          testId="away.begin"
        >
          {t("away.begin")}
        </Button>
      </div>
    </form>
  );
}
