import type { KeyboardEvent } from "react";
import { readKept } from "./kept";

/** The name under which this browser keeps whether single letters are shortcuts: on or off. */
export const shortcutsKept = "shortcuts";

/**
 * Whether an Enter is meant as one. While an input method composes a word, Enter chooses a
 * candidate; this is the only place that may look at the key.
 */
export function isSubmitKey(event: KeyboardEvent | globalThis.KeyboardEvent): boolean {
  return event.key === "Enter" && !isComposing(event);
}

/** Whether the save shortcut is pressed: Ctrl+Enter, on a Mac ⌘+Enter. */
export function isSaveKey(event: KeyboardEvent | globalThis.KeyboardEvent): boolean {
  return isSubmitKey(event) && (event.ctrlKey || event.metaKey);
}

/** Whether a line is to be added: Alt+N, also where Alt makes another letter of it. */
export function isAddKey(event: KeyboardEvent): boolean {
  return event.altKey && event.code === "KeyN" && !isComposing(event);
}

/** Whether to explain who may see what is asked: Ctrl+Shift+E, on a Mac ⌘+Shift+E. */
export function isExplainKey(event: globalThis.KeyboardEvent): boolean {
  const held = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey;
  return held && event.code === "KeyE" && !isComposing(event);
}

/** Whether a single letter is meant as a shortcut: not while typing, composing or in an overlay. */
export function isShortcut(event: globalThis.KeyboardEvent, key: string): boolean {
  if (readKept(shortcutsKept) === "off") return false;
  if (event.key.toLowerCase() !== key || event.ctrlKey || event.metaKey || event.altKey)
    return false;
  if (isComposing(event) || !(event.target instanceof Element)) return false;
  return !event.target.closest(
    "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=menu]",
  );
}

/** Whether an input method is putting a word together. */
export function isComposing(event: KeyboardEvent | globalThis.KeyboardEvent): boolean {
  const native = "nativeEvent" in event ? event.nativeEvent : event;
  return native.isComposing || native.keyCode === 229;
}
