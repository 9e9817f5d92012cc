import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Provider, providersQuery } from "@/api/single-sign-on";
import { LinkButton } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Entries, Entry } from "@/components/entries";
import { FaultView } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useLanguage } from "@/components/use-language";
import { Frame } from "./frame";
import { PasswordsBlock } from "./passwords-block";
import styles from "./single-sign-on.module.css";

/** By which accounts people sign in, and who still may with a password. */
export default function SingleSignOnPage() {
  const { t } = useTranslation();
  const found = useQuery(providersQuery);
  const add = (
    <LinkButton kind="primary" icon="plus" to="/settings/single-sign-on/new" testId="sso.add">
      {t("sso.add")}
    </LinkButton>
  );
  const list = found.data ?? [];
  return (
    <Frame title={t("sso.title")} actions={list.length > 0 && add}>
      {found.isPending && <Skeleton lines={4} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.length === 0 && (
        <EmptyState icon="building" title={t("sso.none")} actions={add} testId="sso.none">
          <p>{t("sso.noneText")}</p>
        </EmptyState>
      )}
      {list.length > 0 && (
        <>
          <p className={styles.fact}>{t("sso.text")}</p>
          <Entries testId="sso.list">
            {list.map((provider) => (
              <ProviderRow key={provider.name} provider={provider} />
            ))}
          </Entries>
          <PasswordsBlock ready={list.some((one) => one.enabled && one.tested)} />
        </>
      )}
    </Frame>
  );
}

function ProviderRow({ provider }: { provider: Provider }) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  return (
    <Entry
      title={
        <Link
          to={`/settings/single-sign-on/${provider.name}`}
          data-testid={`sso.list.${provider.name}`}
        >
          {provider.title[language]}
        </Link>
      }
      below={provider.issuer}
      facts={
        <>
          <Tag hue={provider.enabled ? "green" : "slate"}>
            {provider.enabled ? t("sso.on") : t("sso.off")}
          </Tag>
          <Tag hue={provider.tested ? "green" : "amber"}>
            {provider.tested ? t("sso.tested") : t("sso.untested")}
          </Tag>
          <span>{t("sso.people", { count: provider.people })}</span>
        </>
      }
    />
  );
}
