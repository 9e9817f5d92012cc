import { type PointerEvent, useEffect, useRef, useState } from "react";

/** What is being dragged, and over which place it is. */
export interface Drag {
  readonly item: string;
  readonly over: string | null;
}

const threshold = 5;
const edge = 48;
const step = 12;

/**
 * Drags things to places with a mouse or a pen; a finger scrolls, and has the menu. A place is an
 * element with `data-place`; a copy of the dragged element follows the pointer, and a list marked
 * with `data-drag-scroll` scrolls when the pointer comes near its edge.
 */
export function useDrag(drop: (item: string, place: string) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const start = (event: PointerEvent<HTMLElement>, item: string) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const source = event.currentTarget;
    const from = { x: event.clientX, y: event.clientY };
    const pointer = { ...from };
    let ghost: HTMLElement | null = null;
    let frame = 0;
    let over: string | null = null;

    const follow = () => {
      ghost?.style.setProperty(
        "transform",
        `translate(${pointer.x - from.x}px, ${pointer.y - from.y}px)`,
      );
      scrollNear(source, pointer.x);
      const place = placeAt(pointer.x, pointer.y);
      if (place !== over) setDrag({ item, over: place });
      over = place;
      frame = requestAnimationFrame(follow);
    };
    const move = (moved: globalThis.PointerEvent) => {
      pointer.x = moved.clientX;
      pointer.y = moved.clientY;
      const far = Math.hypot(pointer.x - from.x, pointer.y - from.y);
      if (ghost || far < threshold) return;
      ghost = ghostOf(source);
      setDrag({ item, over });
      follow();
    };
    const end = () => {
      cancelAnimationFrame(frame);
      ghost?.remove();
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", release);
      removeEventListener("pointercancel", end);
      removeEventListener("keydown", abandon, true);
      stop.current = undefined;
      setDrag(null);
    };
    const release = (released: globalThis.PointerEvent) => {
      const dragged = ghost !== null;
      const place = dragged ? placeAt(released.clientX, released.clientY) : null;
      end();
      if (dragged) swallowClick();
      if (place !== null) drop(item, place);
    };
    const abandon = (pressed: KeyboardEvent) => {
      if (pressed.key === "Escape") end();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", release);
    addEventListener("pointercancel", end);
    addEventListener("keydown", abandon, true);
    stop.current = end;
  };
  return { drag, start };
}

function placeAt(x: number, y: number): string | null {
  const below = document.elementFromPoint(x, y);
  return below?.closest<HTMLElement>("[data-place]")?.dataset.place ?? null;
}

/** A picture of an element that floats over the page. */
function ghostOf(source: HTMLElement): HTMLElement {
  const box = source.getBoundingClientRect();
  const copy = document.createElement("div");
  copy.append(source.cloneNode(true));
  copy.inert = true;
  copy.className = "ghost";
  for (const part of copy.querySelectorAll("[data-testid], [id]")) {
    part.removeAttribute("data-testid");
    part.removeAttribute("id");
  }
  for (const [side, length] of Object.entries({ left: box.left, top: box.top })) {
    copy.style.setProperty(side, `${length}px`);
  }
  copy.style.setProperty("width", `${box.width}px`);
  document.body.append(copy);
  return copy;
}

function scrollNear(source: HTMLElement, x: number): void {
  const scroller = source.closest("[data-drag-scroll]");
  if (!scroller) return;
  const box = scroller.getBoundingClientRect();
  if (x > box.right - edge) scroller.scrollLeft += step;
  else if (x < box.left + edge) scroller.scrollLeft -= step;
}

/** The click that ends a drag opens nothing. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}
