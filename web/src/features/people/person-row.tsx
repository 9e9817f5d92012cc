import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { SignsIn } from "@/api/people";
import type { RecordData } from "@/api/types";
import { AwayTag } from "@/components/away-tag";
import { Entry } from "@/components/entries";
import { Menu } from "@/components/menu";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";

interface PersonRowProps {
  readonly person: RecordData;
  readonly signsIn: SignsIn | undefined;
  /** For who forgot his password; nobody makes a link for himself. */
  readonly onForgotten: (() => void) | undefined;
  /** For who leaves; nobody hands his own work over here. */
  readonly onLeave: (() => void) | undefined;
  readonly onLost: () => void;
  /** Looks at the application as the person; not for whom one may not. */
  readonly onView: (() => void) | undefined;
  readonly onEnd: () => void;
  readonly onRevoke: () => void;
}

/** A person, how he signs in, and what one may do about it. */
export function PersonRow(props: PersonRowProps) {
  const { person, signsIn, onForgotten, onLeave, onLost, onEnd, onRevoke, onView } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const name = String(person.name ?? "");
  return (
    <Entry
      title={<Link to={`/o/user/${person.id}`}>{name}</Link>}
      below={String(person.email ?? "")}
      facts={
        <>
          <AwayTag person={person.id} />
          {signsIn?.app && <Tag hue="green">{t("factor.title")}</Tag>}
          {signsIn && signsIn.passkeys > 0 && (
            <Tag hue="green">{t("people.passkeys", { count: signsIn.passkeys })}</Tag>
          )}
          {signsIn && signsIn.sessions > 0 && (
            <span>{t("people.sessions", { count: signsIn.sessions })}</span>
          )}
          {signsIn && signsIn.keys > 0 && <span>{t("people.keys", { count: signsIn.keys })}</span>}
          {signsIn && (
            <span>
              {signsIn.seen_at
                ? t("people.seen", { at: format.ago(signsIn.seen_at) })
                : t("people.unseen")}
            </span>
          )}
        </>
      }
      testId={`people.${person.id}`}
    >
      <Menu
        icon="more"
        iconOnly
        label={t("people.actions", { name })}
        testId={`people.${person.id}.actions`}
        items={[
          ...(onView
            ? [{ key: "view", label: t("viewAs.open"), icon: "user" as const, perform: onView }]
            : []),
          {
            key: "password",
            label: t("people.link"),
            icon: "edit",
            disabled: !onForgotten,
            perform: () => onForgotten?.(),
          },
          {
            key: "away",
            label: t("away.manage"),
            icon: "users",
            perform: () => navigate(`/settings/people/${person.id}/away`),
          },
          {
            key: "leave",
            label: t("handover.begin"),
            icon: "arrow-right",
            disabled: !onLeave,
            perform: () => onLeave?.(),
          },
          {
            key: "end",
            label: t("people.end"),
            icon: "close",
            disabled: !signsIn?.sessions,
            perform: onEnd,
          },
          {
            key: "revoke",
            label: t("people.revoke"),
            icon: "key",
            disabled: !signsIn?.keys,
            perform: onRevoke,
          },
          {
            key: "reset",
            label: t("people.reset"),
            icon: "lock",
            disabled: !signsIn?.second_factor,
            perform: onLost,
          },
        ]}
      />
    </Entry>
  );
}
