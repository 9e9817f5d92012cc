import { useEffect } from "react";
import { isShortcut } from "@/lib/submit-key";

/** Lets R restore what is chosen. */
export function useRestoreKey(able: boolean, restore: () => void) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event, "r") || !able) return;
      event.preventDefault();
      restore();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}
