import type { TFunction } from "i18next";
import type { RoleDefinition, Roles, Scope } from "@/api/roles";
import type { IconName } from "@/components/icon";
import type { Entry } from "./role-model";
import { scopeOf } from "./role-model";

/** What a role is called in each language: as it was written, and as it was translated. */
export interface RoleTitles {
  readonly here: string;
  readonly other: { readonly language: string; readonly text: string } | undefined;
}

/** The language in which definitions are written. */
const written = "en";

/** The titles of a role, the one in the page's language first. */
export function titlesOf(role: RoleDefinition, roles: Roles, language: string): RoleTitles {
  const told = roles.translations.flatMap(({ name, texts }) => {
    const text = texts[`role/${role.name}/title`];
    return text ? [{ language: name, text }] : [];
  });
  const all = [...told, { language: written, text: role.title ?? role.name }];
  const here = (all.find((one) => one.language === language) ?? all.at(-1))?.text ?? role.name;
  return { here, other: all.find(({ text }) => text !== here) };
}

/** The description of a role in the page's language. */
export function descriptionOf(role: RoleDefinition, roles: Roles, language: string) {
  const translation = roles.translations.find(({ name }) => name === language);
  return translation?.texts[`role/${role.name}/description`] ?? role.description;
}

/** A scope in words. */
export function scopeText(scope: Scope, t: TFunction): string {
  return typeof scope === "string" ? t(`roles.scopes.${scope}`) : t("roles.scopes.rule");
}

/** The picture of a scope, beside its words. */
export function scopeIcon(scope: Scope): IconName {
  if (typeof scope !== "string") return "filter";
  const icons = {
    none: "close",
    shared: "mail",
    own: "user",
    team: "users",
    subordinates: "split",
    department: "building",
    department_tree: "building",
    pool: "inbox",
    all: "check",
  } as const;
  return icons[scope];
}

/** What a grant opens in words, with the condition beside its scope. */
export function entryText({ grant }: Entry, t: TFunction): string {
  const scope = scopeText(scopeOf(grant), t);
  return grant.where ? t("roles.onlyWhen", { scope }) : scope;
}

/** The expressions of a grant, for who wants to know exactly. */
export function rulesOf({ grant }: Entry): readonly string[] {
  const scope = scopeOf(grant);
  return [typeof scope === "string" ? "" : scope.where, grant.where ?? ""].filter(Boolean);
}
