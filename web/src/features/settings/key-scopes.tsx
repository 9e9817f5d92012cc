import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { isAbility } from "@/api/roles";
import { useMe } from "@/api/session";
import type { KeyLimit } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { MultiSelect } from "@/components/select";

/** A limit that leaves nothing yet. */
const nothing: KeyLimit = { scopes: {}, abilities: [] };

interface KeyScopesProps {
  /** Null for a key that may what its person may. */
  readonly limit: KeyLimit | null;
  readonly onChange: (limit: KeyLimit | null) => void;
}

/** What a new key may: all that one may oneself, or of that only some. */
export function KeyScopes({ limit, onChange }: KeyScopesProps) {
  const { t } = useTranslation();
  return (
    <>
      <RadioCards label={t("apiKeys.scope")} labelled>
        <RadioCard
          name="key-scope"
          title={t("apiKeys.whole")}
          checked={limit === null}
          onChoose={() => onChange(null)}
          testId="newKey.whole"
        >
          {t("apiKeys.wholeText")}
        </RadioCard>
        <RadioCard
          name="key-scope"
          title={t("apiKeys.limited")}
          checked={limit !== null}
          onChoose={() => onChange(limit ?? nothing)}
          testId="newKey.limited"
        >
          {t("apiKeys.limitedText")}
        </RadioCard>
      </RadioCards>
      {limit && <Scopes limit={limit} onChange={onChange} />}
    </>
  );
}

interface ScopesProps {
  readonly limit: KeyLimit;
  readonly onChange: (limit: KeyLimit) => void;
}

function Scopes({ limit, onChange }: ScopesProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const scopes = limit.scopes ?? {};
  const chosen = (access: string) => Object.keys(scopes).filter((one) => scopes[one] === access);
  const choose = (access: "read" | "write") => (names: readonly string[]) => {
    const others = Object.entries(scopes).filter(([, one]) => one !== access);
    const these = names.map((name) => [name, access] as const);
    onChange({ ...limit, scopes: Object.fromEntries([...others, ...these]) });
  };
  const choices = (access: string) =>
    catalog.objects
      .filter(({ name }) => (scopes[name] ?? access) === access)
      .map(({ name, title }) => ({ value: name, label: title }));
  return (
    <>
      {(["write", "read"] as const).map((access) => (
        <FieldFrame
          key={access}
          label={t(`apiKeys.access.${access}`)}
          {...(access === "read" && { help: t("apiKeys.readHelp") })}
        >
          {(ids) => (
            <MultiSelect
              ids={ids}
              value={chosen(access)}
              choices={choices(access)}
              onChange={choose(access)}
              testId={`newKey.${access}`}
            />
          )}
        </FieldFrame>
      ))}
      {me.abilities.length > 0 && (
        <FieldFrame label={t("apiKeys.abilities")} help={t("apiKeys.abilitiesHelp")}>
          {(ids) => (
            <MultiSelect
              ids={ids}
              value={limit.abilities}
              choices={me.abilities
                .filter(isAbility)
                .map((one) => ({ value: one, label: t(`roles.ability.${one}`) }))}
              onChange={(names) => onChange({ ...limit, abilities: names })}
              testId="newKey.abilities"
            />
          )}
        </FieldFrame>
      )}
    </>
  );
}

/** Whether a key so limited would reach anything. */
export const reachesSomething = (limit: KeyLimit | null): boolean =>
  limit === null || Object.keys(limit.scopes ?? {}).length > 0 || limit.abilities.length > 0;
