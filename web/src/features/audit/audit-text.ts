import type { TFunction } from "i18next";
import type { AuditEntry } from "@/api/audit";
import type { Catalog } from "@/api/catalog";
import { failureOf } from "@/api/single-sign-on";
import { scopeLines } from "@/components/key-scope";

/** What the words of an entry are found with. */
interface Words {
  readonly t: TFunction;
  readonly catalog: Catalog;
  /** The name of a person. */
  readonly name: (id: string) => string;
}

type Facts = Readonly<Record<string, unknown>>;

const isFacts = (value: unknown): value is Facts => typeof value === "object" && value !== null;

const settings = ["bin_days", "organisation", "seal", "second_factor", "single_sign_on"] as const;
const isSetting = (name: string): name is (typeof settings)[number] =>
  settings.some((setting) => setting === name);

const members = [
  "name",
  "timezone",
  "locale",
  "languages",
  "currency",
  "currencies",
  "fiscal_year_start",
  "brand",
] as const;

const providerActions: readonly string[] = [
  "provider_added",
  "provider_changed",
  "provider_deleted",
  "provider_tested",
];

/** What an entry is about. */
export function subjectOf(entry: AuditEntry, { t, catalog, name }: Words): string {
  if (entry.object === "user") return entry.subject ? name(entry.subject) : "";
  if (entry.action === "definitions_changed") return t("audit.revision", { number: entry.subject });
  if (entry.action === "setting_changed")
    return isSetting(entry.subject) ? t(`audit.setting.${entry.subject}`) : entry.subject;
  if (providerActions.includes(entry.action)) return entry.subject;
  return catalog.object(entry.object)?.title ?? entry.object;
}

/** What an entry says more, a line for each fact. */
export function factsOf(entry: AuditEntry, words: Words): readonly string[] {
  const { t } = words;
  const { detail } = entry;
  switch (entry.action) {
    case "person_created":
    case "person_changed":
    case "person_deleted":
    case "person_restored":
      return differences(detail, words);
    case "definitions_changed":
      return changes(detail, words);
    case "export":
      return [
        t("audit.records", { count: Number(detail.records ?? 0) }),
        text(detail.where),
      ].filter(Boolean);
    case "import_run":
    case "import_undone":
      return [text(detail.file), t("audit.rows", { count: Number(detail.rows ?? 0) })];
    case "share_created":
      return [shared(detail, words)];
    case "key_created":
      return [text(detail.name), ...limited(detail, words)];
    case "passkey_added":
    case "passkey_removed":
    case "passkey_refused":
      return [text(detail.name), refusedPasskey(detail, words)].filter(Boolean);
    case "login":
    case "provider_linked":
      return [text(detail.provider), text(detail.passkey)].filter(Boolean);
    case "login_failed":
      return [text(detail.email), text(detail.provider), failure(detail, words)].filter(Boolean);
    case "provider_added":
    case "provider_changed":
      return [
        isFacts(detail.after) ? text(detail.after.issuer) : "",
        detail.secret_changed === true ? t("audit.secretChanged") : "",
      ].filter(Boolean);
    case "provider_tested":
      return [
        detail.passed === true ? t("audit.testPassed") : t("audit.testFailed"),
        failure(detail, words),
      ].filter(Boolean);
    case "invitation_made":
    case "invitation_taken_back":
      return [text(detail.email)].filter(Boolean);
    case "setting_changed":
      if (entry.subject === "organisation") return settled(detail, words);
      return [
        isFacts(detail.after)
          ? (required(detail.after, words) ?? written(detail.after.only, words))
          : text(detail.after),
      ].filter(Boolean);
    default:
      return [];
  }
}

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** Of whom a second factor is required. */
function required({ required_of: of, days }: Facts, { t }: Words): string | undefined {
  if (of === "nobody") return t("required.nobody");
  if (of !== "builders" && of !== "everybody") return undefined;
  return `${t(`required.${of}`)}, ${t("required.inDays", { count: Number(days) })}`;
}

const passkeyReasons = ["counter", "signature", "unknown"] as const;

/** Why a passkey was refused. */
function refusedPasskey({ reason: said }: Facts, { t }: Words): string {
  const reason = passkeyReasons.find((one) => one === said);
  return reason ? t(`passkeys.reason.${reason}`) : "";
}

/** Why a sign-in by a provider failed. */
function failure(detail: Facts, { t }: Words): string {
  const reason = failureOf(detail.reason);
  return reason ? t(`sso.reason.${reason}`) : "";
}

/** What a key is limited to that was made. */
function limited({ scopes, abilities }: Facts, { t, catalog }: Words): readonly string[] {
  if (!isFacts(scopes)) return [];
  const known = Object.entries(scopes).map(
    ([object, access]) => [object, access === "write" ? "write" : "read"] as const,
  );
  const may = Array.isArray(abilities) ? abilities.map(text) : [];
  return scopeLines({ scopes: Object.fromEntries(known), abilities: may }, catalog, t);
}

function shared({ to, access }: Facts, { t, name }: Words): string {
  const { user, role } = isFacts(to) ? to : {};
  const who = user ? name(text(user)) : text(role);
  return t(access === "update" ? "audit.sharedUpdate" : "audit.sharedRead", { name: who });
}

/** What was before and after, field by field. */
function differences({ before, after }: Facts, words: Words): readonly string[] {
  const [was, is] = [isFacts(before) ? before : {}, isFacts(after) ? after : {}];
  const fields = words.catalog.object("user")?.properties ?? {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((field) => written(was[field], words) !== written(is[field], words))
    .map((field) => {
      const title = fields[field]?.title ?? field;
      // Where somebody stands is told by ids, which nobody can read.
      if (["department", "manager", "teams"].includes(field)) {
        return words.t("audit.changed", { field: title });
      }
      return words.t("audit.difference", {
        field: title,
        before: written(was[field], words) || "–",
        after: written(is[field], words) || "–",
      });
    });
}

/** What was before and after of the organisation, member by member. */
function settled({ before, after }: Facts, words: Words): readonly string[] {
  const [was, is] = [isFacts(before) ? before : {}, isFacts(after) ? after : {}];
  return members
    .filter((member) => member in is)
    .map((member) =>
      words.t("audit.difference", {
        field: words.t(`audit.organisation.${member}`),
        before: written(was[member], words) || "–",
        after: written(is[member], words) || "–",
      }),
    );
}

function written(value: unknown, words: Words): string {
  if (value === true) return words.t("field.yes");
  if (value === false) return words.t("field.no");
  if (isFacts(value) && !Array.isArray(value)) {
    const logo = value.logo ? words.t("audit.logo") : "";
    return [value.name, value.accent, logo].map(text).filter(Boolean).join(", ");
  }
  if (Array.isArray(value)) return value.map((one) => written(one, words)).join(", ");
  return text(value);
}

const verbs = ["create", "update", "delete"] as const;
const isVerb = (action: string): action is (typeof verbs)[number] =>
  verbs.some((verb) => verb === action);

function changes({ changes: list }: Facts, { t }: Words): readonly string[] {
  if (!Array.isArray(list)) return [];
  const shown = list.filter(isFacts).slice(0, 5);
  const done = (action: string) => (isVerb(action) ? t(`audit.verb.${action}`) : action);
  const lines = shown.map(({ kind, name, action }) =>
    t("audit.definition", {
      kind: text(kind),
      name: text(name),
      action: done(text(action)),
    }),
  );
  const more = list.length - shown.length;
  return more > 0 ? [...lines, t("audit.further", { count: more })] : lines;
}
