import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import {
  type Prospect,
  prospectQuery,
  type RightTurn,
  type RoleChange,
  roleActions,
} from "@/api/roles";
import { FaultView } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { Skeleton } from "@/components/skeleton";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import { useDebounced } from "@/lib/use-debounced";
import { useObjectTitle } from "./matrix";
import { changeOf } from "./publish-bar";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

/** What one person could do, with all his roles, before and after what is changed here. */
export function ProspectPart({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [typed, setTyped] = useState("");
  const [person, setPerson] = useState<{ readonly id: string; readonly name: string }>();
  const found = useQuery(lookupQuery("user", catalog.display("user"), useDebounced(typed, 200)));
  const others = (found.data ?? []).filter((one) => one.id !== person?.id);
  const choices = [
    ...(person && !typed ? [{ value: person.id, label: person.name }] : []),
    ...others.map((one) => ({ value: one.id, label: one.display })),
  ];
  return (
    <section className={styles.part} aria-labelledby="role-prospect">
      <h2 id="role-prospect">{t("roles.prospect")}</h2>
      <p className={styles.quiet}>{t("roles.prospectHelp")}</p>
      <div className={styles.control}>
        <Select
          label={t("roles.person")}
          placeholder={t("roles.person")}
          choices={choices}
          value={person?.id ?? null}
          loading={found.isFetching}
          clear
          onSearch={setTyped}
          onChange={(id) => {
            const one = others.find((other) => other.id === id);
            setTyped("");
            setPerson(one && { id: one.id, name: one.display });
          }}
          testId="roles.person"
        />
      </div>
      {person && <Before draft={draft} person={person} />}
    </section>
  );
}

interface BeforeProps {
  readonly draft: Draft;
  readonly person: { readonly id: string; readonly name: string };
}

function Before({ draft, person }: BeforeProps) {
  const { t } = useTranslation();
  // As text, so that a change which says the same is the same.
  const text = useDebounced(JSON.stringify(changeOf(draft)), 400);
  const change: RoleChange = JSON.parse(text);
  const prospect = useQuery(prospectQuery(change, person.id));
  if (prospect.isPending) return <Skeleton lines={4} />;
  if (prospect.isError) {
    return (
      <FaultView error={prospect.error} heading="h2" onRetry={() => void prospect.refetch()} />
    );
  }
  if (!prospect.data.active) {
    return <Notice tone="warning">{t("access.inactive", { person: person.name })}</Notice>;
  }
  return <ProspectTable prospect={prospect.data} name={person.name} />;
}

function ProspectTable(props: { readonly prospect: Prospect; readonly name: string }) {
  const { t } = useTranslation();
  const { rights, abilities, limited } = props.prospect;
  const titleOf = useObjectTitle();
  const objects = [...new Set(rights.map(({ object }) => object))];
  const label = t("roles.prospectOf", { person: props.name });
  return (
    <>
      <TableFrame label={label}>
        <table className={styles.table} data-testid="roles.prospect">
          <thead>
            <tr>
              <th scope="col">{t("roles.object")}</th>
              {roleActions.map((action) => (
                <th key={action} scope="col">
                  {t(`roles.actions.${action}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {objects.map((object) => (
              <tr key={object}>
                <th scope="row">{titleOf(object)}</th>
                {roleActions.map((action) => (
                  <td
                    key={action}
                    data-label={t(`roles.actions.${action}`)}
                    data-testid={`roles.prospect.${object}.${action}`}
                  >
                    <Turn
                      turn={rights.find((one) => one.object === object && one.action === action)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <ul className={styles.abilities}>
        {abilities.map((one) => (
          <li key={one.ability} data-has={one.after}>
            <Icon name={one.after ? "check" : "close"} />
            <span>
              {t(`roles.ability.${one.ability}`)}
              {one.before !== one.after && (
                <span className={one.after ? styles.gained : styles.lost}>
                  {" "}
                  {t(one.after ? "roles.newly" : "roles.gone")}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {limited && <Notice tone="warning">{t("roles.limitedOne")}</Notice>}
    </>
  );
}

/** A right before and after, with how many records it is about. */
function Turn({ turn }: { readonly turn: RightTurn | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  if (!turn) return <span className={styles.quiet}>–</span>;
  const create = turn.action === "create";
  const said = (one: RightTurn["before"]) =>
    create || !one.allowed
      ? t(one.allowed ? "roles.has" : "roles.hasNot")
      : t("roles.records", { count: one.records });
  const [before, after] = [said(turn.before), said(turn.after)];
  const same = before === after && turn.gained === 0 && turn.lost === 0;
  const fieldTitles = (names: readonly string[]) =>
    format.list(
      names.map(
        (name) => catalog.fields(turn.object).find((field) => field.name === name)?.title ?? name,
      ),
    );
  return (
    <>
      {same ? before : `${before} → ${after}`}
      {turn.lost > 0 && (
        <span className={`${styles.fact} ${styles.lost}`}>
          {t("roles.lost", { count: turn.lost })}
        </span>
      )}
      {turn.gained > 0 && (
        <span className={`${styles.fact} ${styles.gained}`}>
          {t("roles.gained", { count: turn.gained })}
        </span>
      )}
      {turn.after.allowed && turn.before.allowed && turn.fields_lost.length > 0 && (
        <span className={styles.fact}>
          {t("roles.without", { fields: fieldTitles(turn.fields_lost) })}
        </span>
      )}
      {turn.after.allowed && turn.before.allowed && turn.fields_gained.length > 0 && (
        <span className={styles.fact}>
          {t("roles.with", { fields: fieldTitles(turn.fields_gained) })}
        </span>
      )}
    </>
  );
}
