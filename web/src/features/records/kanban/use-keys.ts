import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { isShortcut, isSubmitKey } from "@/lib/submit-key";
import { beside, type Column } from "./model";

interface KeysSetting {
  readonly board: RefObject<HTMLElement | null>;
  readonly columns: readonly Column[];
  readonly movable: boolean;
  readonly onLift: (id: string, at: string) => void;
  readonly onOver: (to: string) => void;
  readonly onDrop: (id: string, to: string) => void;
  readonly onCancel: (id: string) => void;
}

/** A card that was taken up with the keyboard. */
interface Lifted {
  readonly id: string;
  readonly to: string;
}

const arrows: Readonly<Record<string, readonly [columns: number, cards: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Walks over a board by arrows; Space takes a card up and puts it down, M opens its menu. */
export function useKeys(setting: KeysSetting) {
  const { board, columns } = setting;
  const [current, setCurrent] = useState<string | null>(null);
  const [lifted, setLifted] = useState<Lifted | null>(null);
  const followed = useRef<string | null>(null);

  const cardsOf = (column: Element | null | undefined) =>
    Array.from(column?.querySelectorAll<HTMLElement>("[data-card]") ?? []);
  const focus = (card: HTMLElement | undefined) => card?.querySelector("a")?.focus();

  // A card that has moved is drawn anew elsewhere; the focus goes with it.
  useEffect(() => {
    const card = cardsOf(board.current).find((one) => one.dataset.card === followed.current);
    const link = card?.querySelector("a");
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (link && lost) link.focus();
  });

  const walk = (card: HTMLElement, [across, down]: readonly [number, number]) => {
    const own = cardsOf(card.closest("[data-column]"));
    const at = own.indexOf(card);
    if (across === 0) return focus(own[at + down]);
    const all = Array.from(board.current?.querySelectorAll<HTMLElement>("[data-column]") ?? []);
    const full = all.filter((column) => cardsOf(column).length > 0);
    const from = full.findIndex((column) => column.contains(card));
    const next = cardsOf(full[from + across]);
    focus(next[Math.min(at, next.length - 1)]);
  };
  const carry = (event: KeyboardEvent, { id, to }: Lifted) => {
    const arrow = arrows[event.key];
    if (arrow) {
      const next = beside(columns, to, arrow[0]);
      setLifted({ id, to: next });
      setting.onOver(next);
    } else if (event.key === " " || isSubmitKey(event)) {
      setLifted(null);
      followed.current = id;
      setting.onDrop(id, to);
    } else if (event.key === "Escape" || event.key === "Tab") {
      setLifted(null);
      setting.onCancel(id);
      if (event.key === "Tab") return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement)) return;
    const card = event.target.closest<HTMLElement>("[data-card]");
    const id = card?.dataset.card;
    if (!card || !id) return;
    if (lifted) return carry(event, lifted);
    const onLink = event.target.tagName === "A";
    const arrow = arrows[event.key];
    if (arrow && onLink) walk(card, arrow);
    else if (event.key === " " && onLink && setting.movable) {
      const at = card.closest<HTMLElement>("[data-column]")?.dataset.column ?? "";
      setLifted({ id, to: at });
      setting.onLift(id, at);
    } else if (isShortcut(event.nativeEvent, "m") && setting.movable) {
      card.querySelector<HTMLElement>("[data-menu] button")?.click();
    } else return;
    event.preventDefault();
  };
  const onFocus = (target: EventTarget) => {
    const card = target instanceof Element && target.closest<HTMLElement>("[data-card]");
    if (card) setCurrent(card.dataset.card ?? null);
  };
  return {
    current,
    lifted,
    onKeyDown,
    onFocus,
    /** The focus stays with a card wherever it goes. */
    follow: (id: string) => {
      followed.current = id;
    },
  };
}
