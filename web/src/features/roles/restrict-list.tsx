import { useTranslation } from "react-i18next";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { useObjectTitle } from "./matrix";
import { inheritedBy } from "./role-model";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RestrictListProps {
  readonly draft: Draft;
  readonly called: (role: string) => string;
}

/** The records that stay shut whatever the grants say, by this role and by those it inherits. */
export function RestrictList({ draft, called }: RestrictListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useObjectTitle();
  const names = [draft.role.name, ...inheritedBy(draft.role, draft.all)];
  const shut = names.flatMap((name) =>
    (draft.all.get(name)?.restrict ?? []).map((restriction) => ({ name, restriction })),
  );
  if (!shut.length) return null;
  return (
    <section className={styles.part} aria-labelledby="role-restrict">
      <h2 id="role-restrict">{t("roles.restrict")}</h2>
      <p className={styles.quiet}>{t("roles.restrictHelp")}</p>
      <ul className={styles.lines}>
        {shut.map(({ name, restriction }) => (
          <li key={`${name}.${restriction.object}.${restriction.where}`}>
            <Icon name="lock" />
            <span>
              {t("roles.restricts", {
                object: titleOf(restriction.object),
                actions: format.list(
                  restriction.actions.map((action) => t(`roles.actions.${action}`)),
                ),
              })}{" "}
              <code>{restriction.where}</code>
              {name !== draft.role.name && (
                <span className={styles.fact}>
                  {t("roles.inheritedFrom", { role: called(name) })}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
