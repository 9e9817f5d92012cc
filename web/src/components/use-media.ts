import { useSyncExternalStore } from "react";
import { breakpoints } from "@/styles/tokens";

/** Whether a media query holds, followed as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

/** Whether the page is as narrow as a phone. */
export function usePhone(): boolean {
  return useMedia(`(width < ${breakpoints.phone}px)`);
}
