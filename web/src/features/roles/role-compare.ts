/** In what two roles differ, with what each inherits. */
import type { Field } from "@/api/catalog";
import {
  type Ability,
  abilities,
  type Restriction,
  type RoleAction,
  type RoleDefinition,
  roleActions,
} from "@/api/roles";
import { sameValue } from "@/lib/same-value";
import {
  cellOf,
  type Entry,
  entriesOf,
  type FieldRights,
  fieldRights,
  inheritedBy,
  objectsOf,
  rightFields,
  scopeOf,
} from "./role-model";

/** One thing that two roles say differently: what the first says, and the second. */
export interface Difference<What, Said> {
  readonly what: What;
  readonly said: readonly [Said, Said];
}

/** All of them. */
export interface Comparison {
  readonly cells: readonly Difference<
    { readonly object: string; readonly action: RoleAction },
    readonly Entry[]
  >[];
  readonly fields: readonly Difference<
    { readonly object: string; readonly field: Field },
    FieldRights
  >[];
  readonly abilities: readonly Difference<Ability, boolean>[];
  readonly restrictions: readonly Difference<Restriction, boolean>[];
}

type All = ReadonlyMap<string, RoleDefinition>;

/** Compares two roles; fieldsOf gives the fields of an object. */
export function comparison(
  roles: readonly [RoleDefinition, RoleDefinition],
  all: All,
  fieldsOf: (object: string) => readonly Field[],
): Comparison {
  const entries = both(roles, (role) => entriesOf(role, all));
  const objects = [...new Set(entries.flatMap(objectsOf))];
  const has = both(roles, (role) => fromAll(role, all, ({ abilities }) => abilities));
  const shut = both(roles, (role) => fromAll(role, all, ({ restrict }) => restrict));
  return {
    cells: objects.flatMap((object) =>
      roleActions.flatMap((action) =>
        differing(
          { object, action },
          both(entries, (one) => cellOf(one, object, action)),
          saidOf,
        ),
      ),
    ),
    fields: objects
      .filter((object) => object !== "*")
      .flatMap((object) =>
        rightFields(fieldsOf(object)).flatMap((field) =>
          differing(
            { object, field },
            both(entries, (one) => rightsTo(one, object, field)),
          ),
        ),
      ),
    abilities: abilities.flatMap((ability) =>
      differing(
        ability,
        both(has, (one) => one.includes(ability)),
      ),
    ),
    restrictions: unique(shut.flat()).flatMap((restriction) =>
      differing(
        restriction,
        both(shut, (one) => one.some((other) => sameValue(other, restriction))),
      ),
    ),
  };
}

/** Whether two roles say the same. */
export function saysTheSame(found: Comparison): boolean {
  return Object.values(found).every((differences) => differences.length === 0);
}

function both<T, U>([one, other]: readonly [T, T], of: (each: T) => U): readonly [U, U] {
  return [of(one), of(other)];
}

function differing<What, Said>(
  what: What,
  said: readonly [Said, Said],
  meant: (said: Said) => unknown = (one) => one,
): Difference<What, Said>[] {
  return sameValue(meant(said[0]), meant(said[1])) ? [] : [{ what, said }];
}

function fromAll<T>(
  role: RoleDefinition,
  all: All,
  part: (role: RoleDefinition) => readonly T[] | undefined,
): readonly T[] {
  const inherited = inheritedBy(role, all).flatMap((name) => all.get(name) ?? []);
  return [role, ...inherited].flatMap((one) => part(one) ?? []);
}

/** What a cell opens, whichever role says it and in which order. */
function saidOf(cell: readonly Entry[]): readonly string[] {
  const open = cell.filter(({ grant }) => scopeOf(grant) !== "none");
  return [
    ...new Set(open.map(({ grant }) => JSON.stringify([scopeOf(grant), grant.where]))),
  ].sort();
}

/** What any of the grants of an object permits of a field. */
function rightsTo(entries: readonly Entry[], object: string, field: Field): FieldRights {
  const rights = (actions: readonly RoleAction[]) =>
    entries
      .filter(({ grant }) => grant.object === object || grant.object === "*")
      .filter(({ grant }) => actions.some((action) => grant.actions.includes(action)))
      .map(({ grant }) => fieldRights(grant, field));
  const reads = rights(["read"]);
  const read = reads.some((one) => one.read);
  return {
    read,
    mask: !read && reads.some((one) => one.mask),
    update: rights(["create", "update"]).some((one) => one.update),
  };
}

function unique<T>(list: readonly T[]): readonly T[] {
  return list.filter((one, index) => list.findIndex((other) => sameValue(one, other)) === index);
}
