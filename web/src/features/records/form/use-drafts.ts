import { useEffect, useState } from "react";
import type { Values } from "@/api/types";
import { keep } from "@/lib/kept";
import { type Draft, dropDraft, ownName, readDrafts, writeDraft } from "./draft";

/**
 * The drafts of a form. What was left behind is offered, by this tab or by one that is closed; what
 * another tab is being typed in stays there.
 */
export function useDrafts(place: string, ask: boolean) {
  const [found] = useState(() => (ask ? readDrafts(place) : []));
  const [settled, setSettled] = useState(false);
  const elsewhere = useElsewhere(place);
  const left = settled ? [] : found.filter((draft) => !elsewhere?.has(draft.name));
  const offered: Draft | null = (elsewhere && left[0]) ?? null;
  return {
    offered,
    /** Whether it is not known yet what becomes of a draft; until then it stays. */
    waits: left.length > 0,
    /** Whether the same is being typed in another tab. */
    elsewhere: elsewhere !== null && elsewhere.size > 0,
    /** Has the offered draft be this tab's, and gives what was typed. */
    restore: (): Values => {
      setSettled(true);
      if (!offered) return {};
      writeDraft(place, offered.values, new Date(offered.at));
      if (offered.name !== ownName(place)) keep(offered.name, null);
      return offered.values;
    },
    /** Forgets the offered draft and that of this tab. */
    drop: () => {
      if (offered) keep(offered.name, null);
      dropDraft(place);
      setSettled(true);
    },
  };
}

const nowhere: ReadonlySet<string> = new Set();

/** The drafts that other tabs are being typed in; null before that is known. */
function useElsewhere(place: string): ReadonlySet<string> | null {
  const known = Boolean(navigator.locks);
  const [open, setOpen] = useState<ReadonlySet<string> | null>(known ? null : nowhere);
  useEffect(() => {
    if (!known) return;
    const own = ownName(place);
    let leave = () => {};
    const here = new Promise<void>((resolve) => {
      leave = resolve;
    });
    void navigator.locks.request(own, { ifAvailable: true }, () => here);
    const look = async () => {
      const { held = [] } = await navigator.locks.query();
      const names = held.flatMap(({ name = "" }) => name);
      setOpen(new Set(names.filter((name) => name.startsWith(place) && name !== own)));
    };
    const heard = ({ key }: StorageEvent) => {
      if (key?.startsWith(place)) void look();
    };
    void look();
    addEventListener("storage", heard);
    addEventListener("focus", look);
    return () => {
      leave();
      removeEventListener("storage", heard);
      removeEventListener("focus", look);
    };
  }, [known, place]);
  return open;
}
