import { useState } from "react";
import type { Selection } from "@/components/grid/model";

/** The chosen records: some by their ids, or all that the filter finds. */
export interface ListSelection extends Selection {
  readonly count: number;
  readonly ids: readonly string[];
  readonly clear: () => void;
}

const nothing = () => undefined;

/** Nothing is chosen, where nothing can be. */
export const noSelection: ListSelection = {
  all: false,
  some: false,
  count: 0,
  ids: [],
  has: () => false,
  toggle: nothing,
  toggleAll: nothing,
  clear: nothing,
};

const none = { all: false, ids: new Set<string>() };

/** Keeps a selection until the filter changes. */
export function useSelection(
  total: number,
  idAt: (row: number) => string | undefined,
  filter: string,
): ListSelection {
  const [chosen, setChosen] = useState({ ...none, filter });
  const current = chosen.filter === filter ? chosen : { ...none, filter };
  const toggle = (row: number, through?: number) => {
    const ids = new Set(current.ids);
    const id = idAt(row);
    if (id === undefined) return;
    const adding = !ids.has(id);
    const [from, to] =
      through === undefined ? [row, row] : [Math.min(row, through), Math.max(row, through)];
    for (let at = from; at <= to; at++) {
      const each = idAt(at);
      if (each === undefined) continue;
      if (adding) ids.add(each);
      else ids.delete(each);
    }
    setChosen({ all: false, ids, filter });
  };
  return {
    all: current.all,
    some: current.all || current.ids.size > 0,
    count: current.all ? total : current.ids.size,
    ids: [...current.ids],
    has: (row) => {
      const id = idAt(row);
      return current.all || (id !== undefined && current.ids.has(id));
    },
    toggle,
    toggleAll: () => setChosen({ all: !current.all, ids: new Set(), filter }),
    clear: () => setChosen({ ...none, filter }),
  };
}
