import { useEffect, useRef } from "react";
import { isComposing } from "@/lib/submit-key";

interface StepKeys {
  readonly next?: (() => void) | undefined;
  readonly back?: (() => void) | undefined;
}

/** Alt+→ goes to the next step of an import, and Alt+← to the one before. */
export function useStepKeys(keys: StepKeys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (isComposing(event) || document.querySelector("[role=dialog]")) return;
      const go =
        event.key === "ArrowRight"
          ? now.current.next
          : event.key === "ArrowLeft" && now.current.back;
      if (!go) return;
      event.preventDefault();
      go();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
