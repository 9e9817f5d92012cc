import { useTranslation } from "react-i18next";
import { Icon } from "@/components/icon";
import { type Entry, scopeOf } from "./role-model";
import { entryText, rulesOf, scopeIcon } from "./role-words";
import styles from "./roles.module.css";

/** The words of a cell: own grants first, then those that are inherited, and from where. */
export function CellWords(props: {
  readonly cell: readonly Entry[];
  readonly called: (role: string) => string;
}) {
  const { t } = useTranslation();
  const open = props.cell.filter(({ grant }) => scopeOf(grant) !== "none");
  if (!open.length) {
    return (
      <span className={styles.words} data-none>
        <Icon name="close" />
        {t("roles.scopes.none")}
      </span>
    );
  }
  return open.map((entry) => (
    <span
      key={`${entry.from}.${entry.index}`}
      className={styles.words}
      data-inherited={entry.from !== undefined}
    >
      <Icon name={scopeIcon(scopeOf(entry.grant))} />
      <span>
        {entryText(entry, t)}
        {rulesOf(entry).map((rule) => (
          <span key={rule} className={styles.fact}>
            <code>{rule}</code>
          </span>
        ))}
        {entry.from && (
          <span className={styles.fact}>
            {t("roles.inheritedFrom", { role: props.called(entry.from) })}
          </span>
        )}
      </span>
    </span>
  ));
}
