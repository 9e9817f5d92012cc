import { useState } from "react";
import type { RoleDefinition, Roles } from "@/api/roles";
import { differences, tidy } from "./role-model";

/** A role as somebody is changing it; nothing of it is written before it is published. */
export interface Draft {
  readonly role: RoleDefinition;
  /** The role as it is published, and the revision that this was read at. */
  readonly published: RoleDefinition | undefined;
  readonly base: number;
  /** All roles, with this one as it is being changed. */
  readonly all: ReadonlyMap<string, RoleDefinition>;
  readonly changes: number;
  readonly change: (next: RoleDefinition) => void;
  readonly undo: (() => void) | undefined;
  readonly discard: () => void;
  /** Holds on to the changes, over what others have published meanwhile. */
  readonly rebase: (revision: number) => void;
}

const deepest = 100;

/** The changes of a role, each of which can be taken back. */
export function useDraft(name: string, roles: Roles): Draft {
  const published = roles.roles.find((role) => role.name === name);
  const [staged, setStaged] = useState<{
    readonly base: number;
    readonly steps: readonly RoleDefinition[];
  }>();
  const role = staged?.steps.at(-1) ?? tidy(published ?? { kind: "role", name });
  const base = staged?.base ?? roles.revision;
  const steps = staged?.steps ?? [];
  return {
    role,
    published,
    base,
    all: new Map([...roles.roles.map((one) => [one.name, one] as const), [name, role]]),
    changes: staged ? differences(published, role) : 0,
    change: (next) => setStaged({ base, steps: [...steps, tidy(next)].slice(-deepest) }),
    undo: steps.length
      ? () => setStaged(steps.length > 1 ? { base, steps: steps.slice(0, -1) } : undefined)
      : undefined,
    discard: () => setStaged(undefined),
    rebase: (revision) => setStaged({ base: revision, steps }),
  };
}
