import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Remedy, ToldGrant, ToldShut, Verdict } from "@/api/access";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { copyText } from "@/lib/copy-text";
import styles from "./access.module.css";

interface VerdictViewProps {
  readonly object: ObjectDefinition;
  readonly verdict: Verdict;
  readonly person: string;
  readonly record: string;
}

/** A verdict: the answer first, then what led to it in its order, and what would change it. */
export function VerdictView({ object, verdict, person, record }: VerdictViewProps) {
  const { t } = useTranslation();
  const action = t(`access.actions.${verdict.action}`);
  const said = { person, record, action: action.toLowerCase() };
  return (
    <section className={styles.verdict}>
      <h3 className={styles.answer} data-testid="access.verdict">
        <Mark holds={verdict.allowed} />
        {t(verdict.allowed ? "access.may" : "access.mayNot", said)}
      </h3>
      {verdict.needs && <p className={styles.quiet}>{t("access.needs")}</p>}
      <ol className={styles.chain} aria-label={t("access.chain")} data-testid="access.chain">
        {verdict.grants.map((grant) => (
          <GrantLine key={`${grant.role}.${grant.index}`} grant={grant} />
        ))}
        {verdict.grants.length === 0 && (
          <li>
            <Mark holds={false} />
            <div>{t("access.none")}</div>
          </li>
        )}
        {verdict.restrictions.map((shut) => (
          <ShutLine key={`${shut.role}.${shut.index}`} shut={shut} />
        ))}
      </ol>
      {verdict.remedy && <Change remedy={verdict.remedy} action={verdict.action} />}
      <Fields object={object} verdict={verdict} />
      {verdict.predicate && (
        <details className={styles.more}>
          <summary data-testid="access.predicate">{t("access.predicate")}</summary>
          <pre>{`${verdict.predicate.sql}\n${JSON.stringify(verdict.predicate.args)}`}</pre>
        </details>
      )}
    </section>
  );
}

/** How something that is true, false, or not to be known is said and drawn. */
function truth(holds: boolean | null, t: TFunction): string {
  return t(holds === null ? "access.unknown" : holds ? "access.yes" : "access.no");
}

function Mark({ holds }: { readonly holds: boolean | null }) {
  return (
    <span className={styles.mark} data-holds={String(holds)}>
      <Icon name={holds === null ? "info" : holds ? "check" : "close"} />
    </span>
  );
}

function useSource() {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ title, role, index, via }: ToldGrant | ToldShut) => {
    if (index < 0) return t("access.administers");
    const others = (via ?? []).filter((name) => name !== role);
    const source = t("access.grant", { role: title, n: index + 1 });
    if (!others.length || via?.includes(role)) return source;
    return `${source} ${t("access.via", { roles: format.list(others) })}`;
  };
}

function GrantLine({ grant }: { readonly grant: ToldGrant }) {
  const { t } = useTranslation();
  const format = useFormat();
  const source = useSource();
  return (
    <li data-testid={`access.grant.${grant.role}.${grant.index}`}>
      <Mark holds={grant.holds} />
      <div>
        <p>{source(grant)}</p>
        {grant.index >= 0 && (
          <p className={styles.quiet}>
            {t("access.scope", { scope: t(`access.scopes.${grant.scope}`) })}{" "}
            <b>{truth(grant.scoped, t)}</b>
          </p>
        )}
        {grant.where && <code>{grant.where}</code>}
        {grant.shares.map((share) => (
          <p key={share.id} className={styles.quiet}>
            {share.until
              ? t("access.sharedUntil", { at: format.instant(share.until) })
              : t("access.shared")}
          </p>
        ))}
        {(grant.state || grant.fits !== true) && (
          <p className={styles.quiet}>
            {t("access.state")} <b>{truth(grant.fits, t)}</b>
          </p>
        )}
        {grant.state && <code>{grant.state}</code>}
      </div>
    </li>
  );
}

function ShutLine({ shut }: { readonly shut: ToldShut }) {
  const { t } = useTranslation();
  const good = shut.holds === null ? null : !shut.holds;
  return (
    <li data-testid={`access.shut.${shut.role}`}>
      <Mark holds={good} />
      <div>
        <p>
          {t("access.restricts", { role: shut.title })} <b>{truth(shut.holds, t)}</b>
        </p>
        {shut.where && <code>{shut.where}</code>}
      </div>
    </li>
  );
}

function Change({ remedy, action }: { readonly remedy: Remedy; readonly action: string }) {
  const { t } = useTranslation();
  const grant = remedy.grant && JSON.stringify(remedy.grant, null, 2);
  return (
    <div className={styles.change} data-testid="access.change">
      <h4>{t("access.change")}</h4>
      {grant && (
        <>
          <p>{t("access.addGrant")}</p>
          <pre>{grant}</pre>
          <Button kind="quiet" icon="copy" onClick={() => void copyText(grant)}>
            {t("access.copy")}
          </Button>
        </>
      )}
      {remedy.share && <p>{t(action === "update" ? "access.shareUpdate" : "access.shareRead")}</p>}
    </div>
  );
}

/** The fields that are left out, which is what people ask about. */
function Fields({ object, verdict }: Pick<VerdictViewProps, "object" | "verdict">) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const shown = verdict.fields.filter((one) => !catalog.field(object.name, one.field)?.system);
  const left = shown.filter((one) => !one.allowed);
  if (!verdict.allowed || shown.length === 0) return null;
  return (
    <div className={styles.fields} data-testid="access.fields">
      <h4>{t("access.fields", { count: shown.length - left.length, all: shown.length })}</h4>
      {left.length > 0 && (
        <ul>
          {left.map(({ field, masked, remedy }) => (
            <li key={field}>
              <Mark holds={false} />
              {catalog.field(object.name, field)?.title ?? field}
              {masked && <span className={styles.quiet}>{t("access.masked")}</span>}
              {remedy && (
                <span className={styles.quiet}>
                  {t(remedy.grant ? "access.needsGrant" : "access.needsShare")}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
