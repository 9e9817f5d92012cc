import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Roles } from "@/api/roles";
import { useLanguage } from "@/components/use-language";
import { sameValue } from "@/lib/same-value";
import { AbilityList } from "./ability-list";
import { FieldSheet } from "./field-sheet";
import { Matrix, type Place } from "./matrix";
import { RestrictList } from "./restrict-list";
import { cellOf, entriesOf, inheritedBy } from "./role-model";
import { titlesOf } from "./role-words";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RoleBodyProps {
  readonly draft: Draft;
  readonly roles: Roles;
  readonly edits: boolean;
}

/** What a role says, part by part. */
export function RoleBody({ draft, roles }: RoleBodyProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const [fields, setFields] = useState<string>();
  const { role, published, all } = draft;
  const entries = entriesOf(role, all);
  const before = published ? entriesOf(published, all) : [];
  const called = (name: string) => {
    const one = all.get(name);
    return one ? titlesOf(one, roles, language).here : name;
  };
  const changed = ({ object, action }: Place) =>
    !sameValue(
      cellOf(entries, object, action).map(({ grant, from }) => [grant.scope, grant.where, from]),
      cellOf(before, object, action).map(({ grant, from }) => [grant.scope, grant.where, from]),
    );
  return (
    <>
      <section className={styles.part} aria-labelledby="role-matrix">
        <h2 id="role-matrix">{t("roles.matrix")}</h2>
        <p className={styles.quiet}>{t("roles.matrixHelp")}</p>
        {entries.length === 0 ? (
          <p>{t("roles.noGrants")}</p>
        ) : (
          <Matrix
            label={t("roles.matrix")}
            entries={entries}
            called={called}
            changed={changed}
            onFields={setFields}
          />
        )}
      </section>
      <RestrictList draft={draft} called={called} />
      <AbilityList
        role={role}
        inherited={inheritedBy(role, all).map((name) => [name, all.get(name)?.abilities ?? []])}
        called={called}
      />
      {fields && (
        <FieldSheet
          draft={draft}
          object={fields}
          called={called}
          onClose={() => setFields(undefined)}
        />
      )}
    </>
  );
}
