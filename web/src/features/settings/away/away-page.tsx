import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { recordQuery } from "@/api/records";
import { useMe } from "@/api/session";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import styles from "../settings.module.css";
import { Delegations } from "./delegations";

/** Who stands in for another, as for who fell ill; for who manages people. */
export default function AwayPage() {
  const { abilities } = useMe();
  const { id = "" } = useParams();
  return abilities.includes("manage_users") ? <Away id={id} /> : <Missing />;
}

function Away({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const person = useQuery(recordQuery("user", id));
  useTitle(t("away.title"));
  if (person.isPending) return <Skeleton lines={4} />;
  if (person.isError)
    return <FaultView error={person.error} onRetry={() => void person.refetch()} />;
  return (
    <div className={styles.page} data-testid="away.page">
      <nav aria-label={t("people.title")}>
        <Link to="/settings/people">{t("people.title")}</Link>
      </nav>
      <section className={styles.block} aria-labelledby="away">
        <h1 id="away">{t("away.pageTitle", { name: String(person.data.data.name ?? "") })}</h1>
        <p className={styles.fact}>{t("away.helpOf")}</p>
        <Delegations person={id} />
      </section>
    </div>
  );
}
