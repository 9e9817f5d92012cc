import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { type Roles, rolesQuery } from "@/api/roles";
import { useMe } from "@/api/session";
import { FaultView, Missing } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { usePhone } from "@/components/use-media";
import { useTitle } from "@/components/use-title";
import { ProspectPart } from "./prospect-part";
import { PublishBar } from "./publish-bar";
import { RoleBody } from "./role-body";
import { RoleHead } from "./role-head";
import { RoleHistory } from "./role-history";
import styles from "./roles.module.css";
import { useDraft } from "./use-draft";

/** What a role may do, for who designs or manages roles. */
export default function RolePage() {
  const { abilities } = useMe();
  const { name = "" } = useParams();
  const may = abilities.includes("design") || abilities.includes("manage_roles");
  return may ? <Role key={name} name={name} /> : <Missing />;
}

function Role({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const roles = useQuery(rolesQuery);
  useTitle(t("roles.title"));
  if (roles.isPending) return <Skeleton lines={8} />;
  if (roles.isError) {
    return <FaultView error={roles.error} onRetry={() => void roles.refetch()} />;
  }
  const known = roles.data.roles.some((role) => role.name === name);
  return known ? <KnownRole name={name} roles={roles.data} /> : <Missing />;
}

function KnownRole({ name, roles }: { readonly name: string; readonly roles: Roles }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const draft = useDraft(name, roles);
  const edits = roles.changes && name !== "admin" && !phone;
  return (
    <div className={styles.page} data-testid="role">
      <nav aria-label={t("roles.title")}>
        <Link to="/settings/roles">{t("roles.title")}</Link>
      </nav>
      <RoleHead draft={draft} roles={roles} edits={edits} />
      {name === "admin" && (
        <Notice tone="info" title={t("roles.adminTitle")} testId="role.admin">
          <p>{t("roles.adminText")}</p>
        </Notice>
      )}
      {!roles.changes && <Notice tone="info">{t("roles.readOnly")}</Notice>}
      {roles.changes && phone && <Notice tone="info">{t("roles.phone")}</Notice>}
      {name !== "admin" && <RoleBody draft={draft} roles={roles} edits={edits} />}
      {roles.changes && !phone && <ProspectPart draft={draft} />}
      {roles.changes && <RoleHistory draft={draft} edits={edits} />}
      {draft.undo && <PublishBar draft={draft} />}
    </div>
  );
}
