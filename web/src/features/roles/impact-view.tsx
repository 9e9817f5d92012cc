import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { Impact, Reach, RightImpact } from "@/api/roles";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { useObjectTitle } from "./matrix";
import styles from "./roles.module.css";

/** What a change of roles would take from people, and then what it would give them, in sentences. */
export function ImpactView({ impact }: { readonly impact: Impact }) {
  const { t } = useTranslation();
  const sentence = useSentences();
  const lines = [
    ...impact.abilities.flatMap((one) => {
      const what = t(`roles.ability.${one.ability}`);
      return [
        { lost: true, people: one.lost, text: t("roles.losesAbility", { count: one.lost, what }) },
        {
          lost: false,
          people: one.gained,
          text: t("roles.gainsAbility", { count: one.gained, what }),
        },
      ];
    }),
    ...impact.rights.flatMap(sentence),
  ].filter((line) => line.people > 0);
  const ordered = [...lines.filter((line) => line.lost), ...lines.filter((line) => !line.lost)];
  return (
    <div className={styles.form} data-testid="roles.impact">
      <p>
        {t("roles.affected", {
          count: impact.affected,
          of: t("roles.ofPeople", { count: impact.people }),
        })}
      </p>
      {ordered.length === 0 && <Notice tone="info">{t("roles.noImpact")}</Notice>}
      <ul className={styles.lines}>
        {ordered.map((line) => (
          <li key={line.text}>
            <span className={line.lost ? styles.lost : styles.gained}>
              <Icon name={line.lost ? "minus" : "plus"} />
            </span>
            <span>{line.text}</span>
          </li>
        ))}
      </ul>
      {impact.limited && (
        <Notice tone="warning" testId="roles.limited">
          {t("roles.limited", { count: impact.measured })}
        </Notice>
      )}
    </div>
  );
}

function useSentences() {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useObjectTitle();
  const catalog = useCatalog();
  return (right: RightImpact) => {
    const object = titleOf(right.object);
    const action = t(`roles.doing.${right.action}`);
    const say = (lost: boolean, reach: Reach, fields?: string) => {
      const { people } = reach;
      const records = t("roles.records", { count: reach.records });
      const values = { count: people, records, object, action, fields };
      if (fields) {
        if (right.action === "create")
          return t(lost ? "roles.losesNewFields" : "roles.gainsNewFields", values);
        return t(lost ? "roles.losesFields" : "roles.gainsFields", values);
      }
      if (right.action === "create") return t(lost ? "roles.losesNew" : "roles.gainsNew", values);
      return t(lost ? "roles.loses" : "roles.gains", values);
    };
    const turns = (gained: Reach, lost: Reach, fields?: string) => [
      { lost: true, people: lost.people, text: say(true, lost, fields) },
      { lost: false, people: gained.people, text: say(false, gained, fields) },
    ];
    return [
      ...turns(right.gained, right.lost),
      ...right.fields.flatMap((group) => {
        const names = group.fields.map((name) => fieldTitle(name));
        return turns(group.gained, group.lost, format.list(names));
      }),
    ];
    function fieldTitle(name: string) {
      return catalog.fields(right.object).find((field) => field.name === name)?.title ?? name;
    }
  };
}
