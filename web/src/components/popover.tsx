import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./popover.module.css";

interface PopoverProps {
  /** The button; it says whether the panel is open, and opens and closes it. */
  readonly trigger: (open: boolean, toggle: () => void) => ReactNode;
  readonly label: string;
  readonly testId?: string;
  readonly children: (close: () => void) => ReactNode;
}

/** A panel below a button. Escape and a click elsewhere close it; the focus then goes back. */
export function Popover({ trigger, label, testId, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open) return;
    panel.current?.focus();
    const leave = (event: PointerEvent) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false);
    };
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      place.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("keydown", press);
    };
  }, [open]);
  return (
    <div ref={place} className={styles.place}>
      {trigger(open, () => setOpen(!open))}
      {open && (
        <section
          ref={panel}
          className={styles.panel}
          aria-label={label}
          tabIndex={-1}
          data-testid={testId}
        >
          {children(() => setOpen(false))}
        </section>
      )}
    </div>
  );
}
