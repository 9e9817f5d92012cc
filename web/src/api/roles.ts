import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** The actions that a grant may name, in the order of the matrix. */
export const roleActions = ["read", "create", "update", "delete"] as const;

/** One of them. */
export type RoleAction = (typeof roleActions)[number];

/** The scopes that have a name, from the narrowest to the widest. */
export const namedScopes = [
  "none",
  "shared",
  "own",
  "team",
  "subordinates",
  "department",
  "department_tree",
  "pool",
  "all",
] as const;

/** One of them. */
export type NamedScope = (typeof namedScopes)[number];

/** Which records a grant is about; all of them when left out. */
export type Scope = NamedScope | { readonly where: string };

/** Lists of fields as a grant writes them: "*", names, and "-name". */
export interface GrantFields {
  readonly read?: readonly string[];
  readonly mask?: readonly string[];
  readonly update?: readonly string[];
}

/** Actions on the records of an object, in some of its fields. */
export interface Grant {
  readonly object: string;
  readonly actions: readonly RoleAction[];
  readonly scope?: Scope;
  /** Beside the scope: what the record must be like. */
  readonly where?: string;
  readonly fields?: GrantFields;
}

/** Records that no grant of any role opens. */
export interface Restriction {
  readonly object: string;
  readonly actions: readonly RoleAction[];
  readonly where: string;
}

/** A role as it is stored. */
export interface RoleDefinition {
  readonly kind: "role";
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inherits?: readonly string[];
  readonly abilities?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly restrict?: readonly Restriction[];
}

/** The rights that are not about one object. */
export const abilities = [
  "design",
  "manage_roles",
  "manage_users",
  "manage_organisation",
  "read_audit",
  "import",
  "export",
  "bulk_edit",
  "check_duplicates",
  "claim",
  "erase",
  "operate_workflows",
  "bypass_workflows",
  "audit_approvals",
] as const;

/** One of them. */
export type Ability = (typeof abilities)[number];

/** Whether a name is one of them that this page has words for. */
export const isAbility = (name: string): name is Ability => abilities.some((one) => one === name);

/** How many people hold a role themselves. */
export interface RoleHeld {
  readonly name: string;
  readonly people: number;
  readonly inactive: number;
}

/** The texts of definitions in one language. */
interface Translation {
  readonly kind: "translation";
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

interface Holders {
  readonly data: readonly RoleHeld[];
  readonly can: { readonly change: boolean };
}

/** All roles as they are stored, the revision they are of, and what they are called elsewhere. */
export interface Roles {
  readonly revision: number;
  readonly roles: readonly RoleDefinition[];
  readonly held: ReadonlyMap<string, RoleHeld>;
  /** Whether the caller may change them. */
  readonly changes: boolean;
  readonly translations: readonly Translation[];
}

/** The roles, for who designs or manages them. */
export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: async ({ signal }): Promise<Roles> => {
    const raw = { query: { raw: "true" }, signal };
    // First, so that the roles are of this revision or of a later one, and nothing is overwritten.
    const meta = await requestData<{ revision: number }>("GET", "/meta", { signal });
    const [roles, translations, held] = await Promise.all([
      requestData<readonly RoleDefinition[]>("GET", "/meta/role", raw),
      requestData<readonly Translation[]>("GET", "/meta/translation", raw),
      request<Holders>("GET", "/roles", { signal }),
    ]);
    return {
      revision: meta.revision,
      roles,
      held: new Map(held.data.map((one) => [one.name, one])),
      changes: held.can.change,
      translations,
    };
  },
});

/** A change of roles that is not made yet. */
export interface RoleChange {
  readonly base: number;
  readonly definitions: readonly unknown[];
  readonly delete: readonly { readonly kind: string; readonly name: string }[];
}

/** How many people a right reaches, and how many records of any of them. */
export interface Reach {
  readonly people: number;
  readonly records: number;
}

/** What becomes of an action on an object. */
export interface RightImpact {
  readonly object: string;
  readonly action: RoleAction | "mask";
  readonly people: number;
  readonly gained: Reach;
  readonly lost: Reach;
  readonly fields: readonly {
    readonly fields: readonly string[];
    readonly gained: Reach;
    readonly lost: Reach;
  }[];
}

/** What a change of roles would do to people. */
export interface Impact {
  readonly people: number;
  readonly affected: number;
  readonly measured: number;
  readonly limited: boolean;
  readonly abilities: readonly {
    readonly ability: Ability;
    readonly gained: number;
    readonly lost: number;
  }[];
  readonly rights: readonly RightImpact[];
}

interface Holding {
  readonly allowed: boolean;
  readonly records: number;
}

/** What becomes of a person's right to an action on an object. */
export interface RightTurn {
  readonly object: string;
  readonly action: RoleAction;
  readonly looked: number;
  readonly before: Holding;
  readonly after: Holding;
  readonly gained: number;
  readonly lost: number;
  readonly fields_gained: readonly string[];
  readonly fields_lost: readonly string[];
}

/** What one person may do before and after a change of roles. */
export interface Prospect {
  readonly user: string;
  readonly active: boolean;
  readonly limited: boolean;
  readonly abilities: readonly {
    readonly ability: Ability;
    readonly before: boolean;
    readonly after: boolean;
  }[];
  readonly rights: readonly RightTurn[];
}

/** Asks what a change would do to people. */
export function impactQuery(change: RoleChange) {
  return queryOptions({
    queryKey: keys.impact(change),
    queryFn: ({ signal }) => requestData<Impact>("POST", "/roles/impact", { body: change, signal }),
    staleTime: 0,
    retry: false,
  });
}

/** Asks what a person could do after a change. */
export function prospectQuery(change: RoleChange, user: string) {
  return queryOptions({
    queryKey: keys.prospect(change, user),
    queryFn: ({ signal }) =>
      requestData<Prospect>("POST", "/roles/prospect", { body: { ...change, user }, signal }),
    staleTime: 0,
    retry: false,
  });
}

/** Makes a change of roles. */
export function publishRoles(change: RoleChange): Promise<{ revision: number }> {
  return requestData("POST", "/meta/_apply", { body: change });
}

/** One entry of the history of all definitions. */
export interface Revision {
  readonly revision: number;
  readonly at: string;
  readonly by: string | null;
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly action: "create" | "update" | "delete";
  }[];
}

/** The latest entries of the history that are about a role. */
export function roleHistoryQuery(name: string) {
  return queryOptions({
    queryKey: keys.roleHistory(name),
    queryFn: async ({ signal }) => {
      const query = { limit: 200 };
      const all = await requestData<readonly Revision[]>("GET", "/meta/_revisions", {
        query,
        signal,
      });
      return all.filter((one) =>
        one.changes.some((change) => change.kind === "role" && change.name === name),
      );
    },
  });
}

/** A role as it was at a revision. */
export function roleAt(name: string, revision: number): Promise<RoleDefinition> {
  return requestData("GET", `/meta/role/${name}`, { query: { revision } });
}
