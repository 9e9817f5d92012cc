import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import { isComposing } from "@/lib/submit-key";
import { areaOf, isMarked, stretched } from "./area";
import type { Cursor } from "./cursor";
import type { Exchange } from "./model";

/**
 * The cells that are marked in a grid: from the one where Shift was pressed, or the mouse, to the
 * one with the focus; and what is done with them.
 */
export function useMark(
  cursor: Cursor,
  go: (to: Cursor) => void,
  exchange: Exchange | undefined,
  rowCount: number,
) {
  const [corner, setCorner] = useState<Cursor | null>(null);
  const dragging = useRef<Cursor>(undefined);
  const area = exchange ? areaOf(cursor, corner ?? cursor) : null;
  const onMark = exchange?.onMark;
  const told = area && JSON.stringify(area);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says the area
  useEffect(() => onMark?.(area), [onMark, told]);
  useEffect(() => {
    const stop = () => {
      dragging.current = undefined;
    };
    window.addEventListener("mouseup", stop);
    return () => window.removeEventListener("mouseup", stop);
  }, []);

  const clear = () => setCorner(null);
  const stretch = (to: Cursor, from: Cursor) => {
    setCorner(from);
    const next = stretched(to, from);
    go({ ...next, row: Math.min(next.row, rowCount - 1) });
  };
  const mouse = {
    onMouseDown: (event: MouseEvent) => {
      const at = exchange && cellAt(event);
      if (!at || event.button !== 0) return;
      if (event.shiftKey && cursor.row >= 0 && cursor.column >= 1) {
        event.preventDefault();
        stretch(at, corner ?? cursor);
        return;
      }
      dragging.current = at;
      clear();
    },
    onMouseOver: (event: MouseEvent) => {
      const from = dragging.current;
      const at = from && event.buttons === 1 ? cellAt(event) : undefined;
      if (!from || !at || (at.row === cursor.row && at.column === cursor.column)) return;
      window.getSelection()?.removeAllRanges();
      stretch(at, from);
    },
    /** A link would open another window. */
    onClickCapture: (event: MouseEvent) => {
      if (event.shiftKey && exchange && cellAt(event)) event.preventDefault();
    },
  };
  const clipboard = {
    onCopy: (event: ClipboardEvent) => {
      if (!area || !exchange || isText(event.target)) return;
      if (window.getSelection()?.isCollapsed === false && !isMarked(area)) return;
      if (exchange.onCopy(area, event.clipboardData)) event.preventDefault();
    },
    onPaste: (event: ClipboardEvent) => {
      if (!area || !exchange || isText(event.target)) return;
      event.preventDefault();
      exchange.onPaste(area, event.clipboardData.getData("text/plain"));
    },
  };
  /** Whether a key was meant for the marked cells. */
  const press = (event: KeyboardEvent, next: Cursor | null): boolean => {
    if (!exchange || !area || isComposing(event)) return false;
    if (next && event.shiftKey) {
      stretch(next, corner ?? cursor);
      return true;
    }
    if (event.key === "Escape" && isMarked(area)) {
      clear();
      return true;
    }
    if (event.key !== "d" || event.altKey || !(event.ctrlKey || event.metaKey)) return false;
    exchange.onFill(area);
    return true;
  };
  return {
    press,
    clear,
    handlers: { ...mouse, ...clipboard },
    /** Which columns of a row are marked. */
    columnsOf: (row: number) =>
      area && isMarked(area) && row >= area.top && row <= area.bottom ? area : null,
  };
}

/** The cell of a row that an event is about; what is being changed has its own mouse. */
function cellAt({ target }: MouseEvent): Cursor | undefined {
  if (!(target instanceof Element) || isText(target)) return undefined;
  const place = target.closest<HTMLElement>("[data-cell]")?.dataset.cell?.split(":").map(Number);
  const [row = -1, column = 0] = place ?? [];
  return row >= 0 && column >= 1 ? { row, column } : undefined;
}

function isText(target: EventTarget): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, [contenteditable], [data-testid="cell.editor"]') !== null
  );
}
