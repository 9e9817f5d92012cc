import { useTranslation } from "react-i18next";
import { abilities, type RoleDefinition } from "@/api/roles";
import { Checkbox } from "@/components/checkbox";
import { Icon } from "@/components/icon";
import styles from "./roles.module.css";

interface AbilityListProps {
  readonly role: RoleDefinition;
  /** The abilities of each role that it inherits. */
  readonly inherited: readonly (readonly [role: string, abilities: readonly string[]])[];
  readonly called: (role: string) => string;
  readonly onChange?: ((ability: string, has: boolean) => void) | undefined;
}

/** The rights of a role that are not about one object, in words. */
export function AbilityList({ role, inherited, called, onChange }: AbilityListProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.part} aria-labelledby="role-abilities">
      <h2 id="role-abilities">{t("roles.abilities")}</h2>
      <ul className={styles.abilities}>
        {abilities.map((ability) => {
          const own = role.abilities?.includes(ability) ?? false;
          const from = inherited.find(([, has]) => has.includes(ability))?.[0];
          const words = (
            <span>
              {t(`roles.ability.${ability}`)}
              {from && (
                <span className={styles.fact}>
                  {t("roles.inheritedFrom", { role: called(from) })}
                </span>
              )}
            </span>
          );
          return (
            <li key={ability} data-testid={`roles.ability.${ability}`} data-has={own || !!from}>
              {onChange ? (
                <Checkbox
                  checked={own || from !== undefined}
                  disabled={!own && from !== undefined}
                  onChange={(has) => onChange(ability, has)}
                >
                  {words}
                </Checkbox>
              ) : (
                <>
                  <Icon name={own || from ? "check" : "close"} />
                  <span className="unseen">{t(own || from ? "roles.has" : "roles.hasNot")}</span>
                  {words}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
