import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Roles, rolesQuery } from "@/api/roles";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { TableFrame } from "@/components/table-frame";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { usePhone } from "@/components/use-media";
import { useTitle } from "@/components/use-title";
import { NewRoleDialog } from "./new-role-dialog";
import { descriptionOf, titlesOf } from "./role-words";
import styles from "./roles.module.css";

/** The roles, for who designs or manages them. */
export default function RolesPage() {
  const { abilities } = useMe();
  const may = abilities.includes("design") || abilities.includes("manage_roles");
  return may ? <RoleList /> : <Missing />;
}

function RoleList() {
  const { t } = useTranslation();
  const roles = useQuery(rolesQuery);
  const phone = usePhone();
  const [making, setMaking] = useState(false);
  useTitle(t("roles.title"));
  return (
    <div className={styles.page} data-testid="roles">
      <header className={styles.header}>
        <h1>{t("roles.title")}</h1>
        {roles.data?.changes && !phone && (
          <Button kind="primary" icon="plus" onClick={() => setMaking(true)} testId="roles.new">
            {t("roles.new")}
          </Button>
        )}
      </header>
      <p className={styles.quiet}>{t("roles.intro")}</p>
      {roles.isPending && <Skeleton lines={8} />}
      {roles.isError && <FaultView error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.data && <RoleTable roles={roles.data} />}
      {making && roles.data && (
        <NewRoleDialog roles={roles.data} onClose={() => setMaking(false)} />
      )}
    </div>
  );
}

function RoleTable({ roles }: { readonly roles: Roles }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const byName = new Map(roles.roles.map((role) => [role.name, role]));
  const called = (name: string) => {
    const role = byName.get(name);
    return role ? titlesOf(role, roles, language).here : name;
  };
  const sorted = [...roles.roles].sort((a, b) => {
    const builtIn = Number(isBuiltIn(b.name)) - Number(isBuiltIn(a.name));
    return builtIn || called(a.name).localeCompare(called(b.name), language);
  });
  return (
    <TableFrame label={t("roles.title")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("roles.role")}</th>
            <th scope="col">{t("roles.people")}</th>
            <th scope="col">{t("roles.inherits")}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((role) => {
            const { here, other } = titlesOf(role, roles, language);
            const held = roles.held.get(role.name);
            return (
              <tr key={role.name} data-testid={`roles.${role.name}`}>
                <th scope="row">
                  <span className={styles.name}>
                    <Link to={`/settings/roles/${role.name}`}>{here}</Link>
                    {isBuiltIn(role.name) && <Tag>{t("roles.builtIn")}</Tag>}
                  </span>
                  {other && (
                    <span className={styles.fact} lang={other.language}>
                      {other.text}
                    </span>
                  )}
                  <span className={styles.fact}>{descriptionOf(role, roles, language)}</span>
                </th>
                <td data-label={t("roles.people")}>
                  {t("roles.heldBy", { count: held?.people ?? 0 })}
                  {Boolean(held?.inactive) && (
                    <span className={styles.fact}>
                      {t("roles.inactive", { count: held?.inactive ?? 0 })}
                    </span>
                  )}
                </td>
                <td data-label={t("roles.inherits")}>
                  {role.inherits?.length ? format.list(role.inherits.map(called)) : "–"}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableFrame>
  );
}

function isBuiltIn(name: string): boolean {
  return name === "admin" || name === "member";
}
