import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { Roles } from "@/api/roles";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Icon } from "@/components/icon";
import { Select } from "@/components/select";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { CellWords } from "./cell-words";
import { useObjectTitle } from "./matrix";
import { type Comparison, comparison, type Difference, saysTheSame } from "./role-compare";
import type { FieldRights } from "./role-model";
import { titlesOf } from "./role-words";
import styles from "./roles.module.css";

interface CompareDialogProps {
  readonly roles: Roles;
  readonly name: string;
  readonly onClose: () => void;
}

/** In what a role differs from another, side by side. */
export function CompareDialog({ roles, name, onClose }: CompareDialogProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const catalog = useCatalog();
  const [chosen, setChosen] = useState<string | null>(null);
  const all = new Map(roles.roles.map((role) => [role.name, role]));
  const called = (role: string) => {
    const one = all.get(role);
    return one ? titlesOf(one, roles, language).here : role;
  };
  const others = roles.roles.filter((role) => role.name !== name && role.name !== "admin");
  const [role, other] = [all.get(name), chosen ? all.get(chosen) : undefined];
  const found = role && other && comparison([role, other], all, (object) => catalog.fields(object));
  return (
    <Dialog
      open
      wide
      title={t("roles.compareTitle", { role: called(name) })}
      onClose={onClose}
      testId="roles.compareDialog"
    >
      <div className={styles.form}>
        <FieldFrame label={t("roles.compareWith")}>
          {(ids) => (
            <Select
              ids={ids}
              choices={others.map((one) => ({ value: one.name, label: called(one.name) }))}
              value={chosen}
              onChange={setChosen}
              testId="roles.compareWith"
            />
          )}
        </FieldFrame>
        {found && saysTheSame(found) && <p role="status">{t("roles.compareSame")}</p>}
        {found && !saysTheSame(found) && (
          <Differences found={found} called={called} titles={[called(name), called(other.name)]} />
        )}
      </div>
    </Dialog>
  );
}

interface DifferencesProps {
  readonly found: Comparison;
  readonly called: (role: string) => string;
  readonly titles: readonly [string, string];
}

function Differences({ found, called, titles }: DifferencesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useObjectTitle();
  const actions = (names: Comparison["restrictions"][number]["what"]["actions"]) =>
    format.list(names.map((action) => t(`roles.actions.${action}`)));
  return (
    <>
      <Part
        title={t("roles.matrix")}
        titles={titles}
        rows={found.cells}
        named={({ object, action }) => `${titleOf(object)} · ${t(`roles.actions.${action}`)}`}
        said={(cell) => <CellWords cell={cell} called={called} />}
      />
      <Part
        title={t("roles.fields")}
        titles={titles}
        rows={found.fields}
        named={({ object, field }) => `${titleOf(object)} · ${field.title}`}
        said={(rights) => <RightWords rights={rights} />}
      />
      <Part
        title={t("roles.abilities")}
        titles={titles}
        rows={found.abilities}
        named={(ability) => t(`roles.ability.${ability}`)}
        said={(has) => <YesOrNo has={has} />}
      />
      <Part
        title={t("roles.restrict")}
        titles={titles}
        rows={found.restrictions}
        named={({ object, actions: names, where }) => (
          <>
            {t("roles.restricts", { object: titleOf(object), actions: actions(names) })}{" "}
            <code>{where}</code>
          </>
        )}
        said={(has) => <YesOrNo has={has} />}
      />
    </>
  );
}

interface PartProps<What, Said> {
  readonly title: string;
  readonly titles: readonly [string, string];
  readonly rows: readonly Difference<What, Said>[];
  readonly named: (what: What) => ReactNode;
  readonly said: (said: Said) => ReactNode;
}

function Part<What, Said>({ title, titles, rows, named, said }: PartProps<What, Said>) {
  if (rows.length === 0) return null;
  return (
    <TableFrame label={title}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            {titles.map((role) => (
              <th key={role} scope="col">
                {role}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row.what)}>
              <th scope="row">{named(row.what)}</th>
              <td data-label={titles[0]}>{said(row.said[0])}</td>
              <td data-label={titles[1]}>{said(row.said[1])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function RightWords({ rights }: { readonly rights: FieldRights }) {
  const { t } = useTranslation();
  const format = useFormat();
  const has = (["read", "mask", "update"] as const).filter((right) => rights[right]);
  return has.length
    ? format.list(has.map((right) => t(`roles.rights.${right}`)))
    : t("roles.hidden");
}

function YesOrNo({ has }: { readonly has: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={styles.words} data-none={!has}>
      <Icon name={has ? "check" : "close"} />
      {t(has ? "roles.has" : "roles.hasNot")}
    </span>
  );
}
