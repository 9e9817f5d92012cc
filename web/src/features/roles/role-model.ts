/** What a role says, as cells of a matrix, and how a cell is changed. Nothing here is a right: it is what is written. */
import type { Field } from "@/api/catalog";
import {
  type Grant,
  type GrantFields,
  type NamedScope,
  namedScopes,
  type Restriction,
  type RoleAction,
  type RoleDefinition,
  type Scope,
} from "@/api/roles";
import { sameValue } from "@/lib/same-value";

/** One grant of an action, the place of it, and the role that it is inherited from. */
export interface Entry {
  readonly grant: Grant;
  readonly index: number;
  readonly from?: string;
}

/** The names of all roles that a role inherits, by whatever way, the nearest first. */
export function inheritedBy(
  role: RoleDefinition,
  roles: ReadonlyMap<string, RoleDefinition>,
): readonly string[] {
  const found: string[] = [];
  const visit = (names: readonly string[] = []) => {
    for (const name of names) {
      if (name === role.name || found.includes(name)) continue;
      found.push(name);
      visit(roles.get(name)?.inherits);
    }
  };
  visit(role.inherits);
  return found;
}

/** The grants of a role and those that it inherits. */
export function entriesOf(
  role: RoleDefinition,
  roles: ReadonlyMap<string, RoleDefinition>,
): readonly Entry[] {
  const own = (role.grants ?? []).map((grant, index) => ({ grant, index }));
  const inherited = inheritedBy(role, roles).flatMap((from) =>
    (roles.get(from)?.grants ?? []).map((grant, index) => ({ grant, index, from })),
  );
  return [...own, ...inherited];
}

/** The objects that grants are about, each once, in their order; "*" is every object. */
export function objectsOf(entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.map(({ grant }) => grant.object))];
}

/** The grants of one cell. */
export function cellOf(entries: readonly Entry[], object: string, action: RoleAction) {
  return entries.filter(({ grant }) => grant.object === object && grant.actions.includes(action));
}

/** The scope of a grant, which is every record where it says none. */
export function scopeOf(grant: Grant): Scope {
  return grant.scope ?? "all";
}

/** The scope of a cell that one own grant says in one word; null of a richer one. */
export function plainScope(cell: readonly Entry[]): NamedScope | null {
  const own = cell.filter(({ from }) => from === undefined);
  const [only] = own;
  if (own.length > 1 || only?.grant.where) return null;
  if (!only) return "none";
  const scope = scopeOf(only.grant);
  return typeof scope === "string" ? scope : null;
}

/** The scope that comes after another when a cell is cycled through. */
export function nextScope(scope: NamedScope): NamedScope {
  const at = namedScopes.indexOf(scope) + 1;
  return namedScopes[at % namedScopes.length] ?? "none";
}

/** What a cell is changed to; null takes the action away. */
export interface Cell {
  readonly scope: Scope;
  readonly where?: string | undefined;
}

/**
 * A role whose own grants give an action on an object in one scope, in the fields of the grant that
 * gave it before. Grants that say the same otherwise are one.
 */
export function withCell(
  role: RoleDefinition,
  object: string,
  action: RoleAction,
  cell: Cell | null,
): RoleDefinition {
  const grants = role.grants ?? [];
  const before =
    grants.find((grant) => grant.object === object && grant.actions.includes(action)) ??
    grants.find((grant) => grant.object === object);
  const rest = grants
    .map((grant) =>
      grant.object === object
        ? { ...grant, actions: grant.actions.filter((one) => one !== action) }
        : grant,
    )
    .filter((grant) => grant.actions.length > 0);
  if (!cell) return tidy({ ...role, grants: rest });
  const made: Grant = {
    object,
    actions: [action],
    scope: cell.scope,
    ...(cell.where && { where: cell.where }),
    ...(before?.fields && { fields: before.fields }),
  };
  const at = rest.findIndex((grant) => alike(grant, made));
  const joined =
    at < 0
      ? [...rest, made]
      : rest.map((one, i) => (i === at ? { ...one, actions: [...one.actions, action] } : one));
  return tidy({ ...role, grants: joined });
}

function alike(one: Grant, other: Grant): boolean {
  return (
    one.object === other.object &&
    sameValue(scopeOf(one), scopeOf(other)) &&
    (one.where ?? "") === (other.where ?? "") &&
    sameValue(one.fields ?? {}, other.fields ?? {})
  );
}

/** A role without its own grants on an object. */
export function withoutObject(role: RoleDefinition, object: string): RoleDefinition {
  return tidy({ ...role, grants: role.grants?.filter((grant) => grant.object !== object) ?? [] });
}

/** A role that grants the fields of one of its grants otherwise. */
export function withFields(role: RoleDefinition, index: number, fields: GrantFields) {
  const grants = role.grants?.map((grant, at) => (at === index ? { ...grant, fields } : grant));
  return tidy({ ...role, grants: grants ?? [] });
}

/** A role that has an ability, or has it no more. */
export function withAbility(role: RoleDefinition, ability: string, has: boolean): RoleDefinition {
  const others = (role.abilities ?? []).filter((one) => one !== ability);
  return tidy({ ...role, abilities: has ? [...others, ability] : others });
}

/** A role with another restriction in the place of one, with one more at the end, or without it (null). */
export function withRestriction(role: RoleDefinition, index: number, to: Restriction | null) {
  const all = role.restrict ?? [];
  return tidy({
    ...role,
    restrict: [...all.slice(0, index), ...(to ? [to] : []), ...all.slice(index + 1)],
  });
}

/** A role without lists that are empty, as it is stored. */
export function tidy(role: RoleDefinition): RoleDefinition {
  const kept = Object.entries(role).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  return { kind: "role", name: role.name, ...Object.fromEntries(kept) };
}

/** What a grant permits of a field. */
export interface FieldRights {
  readonly read: boolean;
  readonly mask: boolean;
  readonly update: boolean;
}

/** What a list of fields, as a grant writes it, says of a field; one that is named alone must be. */
function covers(list: readonly string[] | undefined, field: Field, named: boolean): boolean {
  const whole = list ?? ["*"];
  if (whole.includes(`-${field.name}`)) return false;
  return whole.includes(field.name) || (whole.includes("*") && !named);
}

/** Whether a field can be shown in part. */
export function maskable(field: Field): boolean {
  return ["text", "phone", "email"].includes(field.field) && !field.system;
}

const ownerField = "owner";

/** The right of a grant to a field. Who owns a record is always read, and given away only by name. */
export function fieldRights(grant: Grant, field: Field): FieldRights {
  const { read, mask = [], update } = grant.fields ?? {};
  const sensitive = field.sensitive === true;
  const masked = mask.includes(field.name);
  return {
    read: field.name === ownerField || (covers(read, field, sensitive) && !masked),
    mask: masked,
    update: covers(update, field, sensitive || field.name === ownerField),
  };
}

/** What a grant permits of a field unless it says something about it. */
function standard(field: Field): FieldRights {
  const ordinary = field.sensitive !== true;
  return { read: ordinary, mask: false, update: ordinary && field.name !== ownerField };
}

/** The fields of an object that a grant can say something about. */
export function rightFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => !field.system || field.name === ownerField);
}

/** Whether a person could ever write a field. */
export function writes(field: Field): boolean {
  return (
    field.writable !== false &&
    !field.since &&
    !["formula", "rollup", "autonumber"].includes(field.field)
  );
}

/** The fields of an object of which grants say something out of the ordinary for what they permit. */
export function exceptions(entries: readonly Entry[], fields: readonly Field[]): readonly Field[] {
  return rightFields(fields).filter((field) =>
    entries.some(({ grant }) => {
      const [rights, usual] = [fieldRights(grant, field), standard(field)];
      const reads = grant.actions.includes("read");
      const changes = grant.actions.includes("update") || grant.actions.includes("create");
      return (
        (reads && (rights.mask || (field.name !== ownerField && rights.read !== usual.read))) ||
        (changes && writes(field) && rights.update !== usual.update)
      );
    }),
  );
}

/** The lists of a grant's fields after one right to one field was given or taken. */
export function withFieldRight(
  fields: GrantFields | undefined,
  field: Field,
  right: keyof FieldRights,
  has: boolean,
): GrantFields {
  const { read = ["*"], mask = [], update = ["*"] } = fields ?? {};
  const sensitive = field.sensitive === true;
  const without = mask.filter((name) => name !== field.name);
  const lists = {
    read: right === "read" ? listed(read, field, sensitive, has) : read,
    mask: right === "mask" && has ? [...without, field.name] : right === "update" ? mask : without,
    update:
      right === "update"
        ? listed(update, field, sensitive || field.name === ownerField, has)
        : update,
  };
  return {
    read: lists.read,
    ...(lists.mask.length > 0 && { mask: lists.mask }),
    update: lists.update,
  };
}

function listed(list: readonly string[], field: Field, named: boolean, has: boolean) {
  const rest = list.filter((name) => name !== field.name && name !== `-${field.name}`);
  const usual = rest.includes("*") && !named;
  if (has) return usual ? rest : [...rest, field.name];
  return usual ? [...rest, `-${field.name}`] : rest;
}

/** How many cells, abilities and other parts of a role differ. */
export function differences(before: RoleDefinition | undefined, after: RoleDefinition): number {
  if (!before) return 1;
  const parts = ["title", "description", "inherits", "abilities", "restrict"] as const;
  const objects = new Set(
    [...(before.grants ?? []), ...(after.grants ?? [])].map(({ object }) => object),
  );
  const changed = [...objects].filter(
    (object) => !sameValue(grantsOn(before, object), grantsOn(after, object)),
  );
  const others = parts.filter((part) => !sameValue(before[part] ?? null, after[part] ?? null));
  return changed.length + others.length;
}

function grantsOn(role: RoleDefinition, object: string) {
  return (role.grants ?? []).filter((grant) => grant.object === object);
}
