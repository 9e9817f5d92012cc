import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { KeyPlace } from "@/features/palette/command";
import { isComposing, isShortcut } from "@/lib/submit-key";
import { useNavigation } from "./navigation";

const together = 1_500;
// Times are counted from the opening of the page.
const longAgo = Number.NEGATIVE_INFINITY;

/** Where G and a letter lead: home, the notifications, and the entries of the navigation. */
export function usePlaces(): readonly KeyPlace[] {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const places: KeyPlace[] = [
    { letter: "h", label: t("shell.home"), to: "/" },
    { letter: "n", label: t("notifications.title"), to: "/notifications" },
  ];
  const pool = items.find((item) => item.waits);
  if (pool) places.push({ letter: "p", label: pool.label, to: pool.to });
  for (const item of items.filter((one) => one !== pool)) {
    const letter = Array.from(item.object ?? item.key.replace(/^dashboard\./, "")).find(
      (one) => /[a-z]/.test(one) && !places.some((place) => place.letter === one),
    );
    if (letter) places.push({ letter, label: item.label, to: item.to });
  }
  return places;
}

/** Whether a C is meant for the row of a record that waits in a pool. */
const claims = (event: KeyboardEvent) =>
  event.target instanceof Element && event.target.closest("[data-waits] [data-record]") !== null;

/** The keys that work on every page: the palette, the list of keys, something new, and G with a letter. */
export function useGlobalKeys(
  places: readonly KeyPlace[],
  open: (what: "palette" | "keys" | "new") => void,
): void {
  const navigate = useNavigate();
  const going = useRef(longAgo);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (palette && !isComposing(event)) open("palette");
      else if (isShortcut(event, "/")) open("palette");
      else if (isShortcut(event, "?")) open("keys");
      else if (isShortcut(event, "c") && !claims(event)) open("new");
      else if (event.timeStamp - going.current < together) {
        going.current = longAgo;
        const place = places.find(({ letter }) => isShortcut(event, letter));
        if (!place) return;
        navigate(place.to);
      } else if (isShortcut(event, "g")) {
        going.current = event.timeStamp;
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the keys of a page: the letter after G is none of them.
    addEventListener("keydown", press, { capture: true });
    return () => removeEventListener("keydown", press, { capture: true });
  });
}
