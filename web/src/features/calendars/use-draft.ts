import { useState } from "react";
import type { CalendarChange, CalendarDefinition, Calendars } from "@/api/calendars";
import { opened, type Plan, same, translated, written } from "./model";

/** A calendar as somebody is changing it; nothing of it is written before it is saved. */
export interface Draft {
  readonly plan: Plan;
  readonly change: CalendarChange;
  /** Whether it differs from what is stored. */
  readonly changed: boolean;
  /** The days that differ, in order. */
  readonly days: readonly string[];
  readonly set: (plan: Plan) => void;
  readonly undo: (() => void) | undefined;
  readonly discard: () => void;
  /** Holds on to the changes, over what others have saved meanwhile. */
  readonly rebase: (revision: number) => void;
}

const deepest = 100;

/** The changes of a calendar, each of which can be taken back. */
export function useDraft(calendar: CalendarDefinition, calendars: Calendars): Draft {
  const before = opened(calendar, calendars.texts);
  const [staged, setStaged] = useState<{
    readonly base: number;
    readonly steps: readonly Plan[];
  }>();
  const plan = staged?.steps.at(-1) ?? before;
  const base = staged?.base ?? calendars.revision;
  const steps = staged?.steps ?? [];
  const definition = written(calendar, plan);
  const all = [...new Set([...before.days.keys(), ...plan.days.keys()])].sort();
  return {
    plan,
    change: {
      base,
      definitions: [definition, ...translated(calendar, plan, calendars.texts)],
      delete: [],
    },
    changed: JSON.stringify(definition) !== JSON.stringify(written(calendar, before)),
    days: all.filter((day) => !same(before.days.get(day), plan.days.get(day))),
    set: (next) => setStaged({ base, steps: [...steps, next].slice(-deepest) }),
    undo: steps.length
      ? () => setStaged(steps.length > 1 ? { base, steps: steps.slice(0, -1) } : undefined)
      : undefined,
    discard: () => setStaged(undefined),
    rebase: (revision) => setStaged({ base: revision, steps }),
  };
}
