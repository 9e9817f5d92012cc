import type { TFunction } from "i18next";
import type { Catalog } from "@/api/catalog";
import { isAbility } from "@/api/roles";
import type { KeyLimit } from "@/api/types";

/** What a limited key reaches, a line for each way; none for a key without a limit. */
export function scopeLines(limit: KeyLimit, catalog: Catalog, t: TFunction): readonly string[] {
  const { scopes, abilities } = limit;
  if (!scopes) return [];
  const list = (names: readonly string[]) => names.join(t("apiKeys.and"));
  const titled = (access: string) =>
    list(
      Object.keys(scopes)
        .filter((object) => scopes[object] === access)
        .map((object) => catalog.object(object)?.title ?? object),
    );
  const [reads, writes] = [titled("read"), titled("write")];
  const may = list(abilities.map((one) => (isAbility(one) ? t(`roles.ability.${one}`) : one)));
  return [
    writes && t("apiKeys.writes", { objects: writes }),
    reads && t("apiKeys.reads", { objects: reads }),
    may && t("apiKeys.may", { abilities: may }),
  ].filter(Boolean);
}
