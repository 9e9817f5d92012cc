import { useTranslation } from "react-i18next";
import type { Roles } from "@/api/roles";
import { FieldFrame } from "@/components/field-frame";
import { MultiSelect } from "@/components/select";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { RoleActions } from "./role-actions";
import { descriptionOf, titlesOf } from "./role-words";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RoleHeadProps {
  readonly draft: Draft;
  readonly roles: Roles;
  readonly edits: boolean;
}

/** What a role is called, who holds it, and what it takes from others. */
export function RoleHead({ draft, roles, edits }: RoleHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const { role } = draft;
  const { here, other } = titlesOf(role, roles, language);
  const held = roles.held.get(role.name);
  const inherits = role.inherits ?? [];
  const called = (name: string) => {
    const one = draft.all.get(name);
    return one ? titlesOf(one, roles, language).here : name;
  };
  return (
    <header className={styles.head}>
      <div className={styles.header}>
        <h1>
          {here}
          {other && (
            <span className={styles.other} lang={other.language}>
              {" "}
              {other.text}
            </span>
          )}
        </h1>
        {role.name !== "admin" && (
          <RoleActions roles={roles} name={role.name} title={here} edits={edits} />
        )}
      </div>
      <p className={styles.quiet}>{descriptionOf(role, roles, language)}</p>
      <p className={styles.facts}>
        <Tag>{t("roles.heldBy", { count: held?.people ?? 0 })}</Tag>
        {!edits && inherits.length > 0 && (
          <span>{t("roles.inheritsFrom", { roles: format.list(inherits.map(called)) })}</span>
        )}
      </p>
      {edits && (
        <FieldFrame label={t("roles.inherits")}>
          {(ids) => (
            <MultiSelect
              ids={ids}
              choices={roles.roles
                .filter(({ name }) => name !== role.name)
                .map(({ name }) => ({ value: name, label: called(name) }))}
              value={inherits}
              onChange={(names) => draft.change({ ...role, inherits: names })}
              testId="role.inherits"
            />
          )}
        </FieldFrame>
      )}
    </header>
  );
}
