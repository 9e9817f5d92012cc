import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Restriction } from "@/api/roles";
import { Button, IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { useObjectTitle } from "./matrix";
import { RestrictDialog } from "./restrict-dialog";
import { inheritedBy, withRestriction } from "./role-model";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RestrictListProps {
  readonly draft: Draft;
  readonly called: (role: string) => string;
  readonly edits: boolean;
}

/** The records that stay shut whatever the grants say, by this role and by those it inherits. */
export function RestrictList({ draft, called, edits }: RestrictListProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number>();
  const own = draft.role.restrict ?? [];
  const inherited = inheritedBy(draft.role, draft.all).flatMap((from) =>
    (draft.all.get(from)?.restrict ?? []).map((restriction) => ({ from, restriction })),
  );
  if (!edits && own.length + inherited.length === 0) return null;
  const change = (index: number, to: Restriction | null) =>
    draft.change(withRestriction(draft.role, index, to));
  return (
    <section className={styles.part} aria-labelledby="role-restrict">
      <h2 id="role-restrict">{t("roles.restrict")}</h2>
      <p className={styles.quiet}>{t("roles.restrictHelp")}</p>
      <ul className={styles.lines}>
        {own.map((restriction, index) => (
          <li key={JSON.stringify(restriction)}>
            <Line restriction={restriction} />
            {edits && (
              <Ways
                restriction={restriction}
                onOpen={() => setOpen(index)}
                onRemove={() => change(index, null)}
              />
            )}
          </li>
        ))}
        {inherited.map(({ from, restriction }) => (
          <li key={`${from}.${JSON.stringify(restriction)}`}>
            <Line restriction={restriction} from={called(from)} />
          </li>
        ))}
      </ul>
      {edits && (
        <div>
          <Button icon="plus" onClick={() => setOpen(own.length)} testId="roles.restrictAdd">
            {t("roles.restrictAdd")}
          </Button>
        </div>
      )}
      {open !== undefined && (
        <RestrictDialog
          restriction={own[open]}
          onChange={(restriction) => change(open, restriction)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}

/** What a restriction shuts, in words. */
function useRestrictionText() {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useObjectTitle();
  return ({ object, actions }: Restriction) =>
    t("roles.restricts", {
      object: titleOf(object),
      actions: format.list(actions.map((action) => t(`roles.actions.${action}`))),
    });
}

function Line({
  restriction,
  from,
}: {
  readonly restriction: Restriction;
  readonly from?: string;
}) {
  const { t } = useTranslation();
  const text = useRestrictionText()(restriction);
  return (
    <>
      <Icon name="lock" />
      <span className={styles.line}>
        {text} <code>{restriction.where}</code>
        {from && <span className={styles.fact}>{t("roles.inheritedFrom", { role: from })}</span>}
      </span>
    </>
  );
}

interface WaysProps {
  readonly restriction: Restriction;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

function Ways({ restriction, onOpen, onRemove }: WaysProps) {
  const { t } = useTranslation();
  const what = `${useRestrictionText()(restriction)} ${restriction.where}`;
  return (
    <>
      <IconButton
        small
        icon="edit"
        label={t("roles.restrictChangeOf", { what })}
        onClick={onOpen}
        testId="roles.restrictChange"
      />
      <IconButton
        small
        icon="trash"
        label={t("roles.restrictRemoveOf", { what })}
        onClick={onRemove}
        testId="roles.restrictRemove"
      />
    </>
  );
}
