import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "./button";
import styles from "./toaster.module.css";

/** A short word on what has just happened, with at most one thing to do about it. */
export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly perform: () => void };
}

const stays = 8_000;

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

/** Shows a toast. */
export function useToast(): (toast: Toast) => void {
  return use(ToastContext);
}

/** Shows one toast at a time for eight seconds, longer while it has the pointer or the focus. */
export function Toaster({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [toast, setToast] = useState<Toast | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hold = useCallback(() => clearTimeout(timer.current), []);
  const release = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setToast(null), stays);
  }, []);
  useEffect(() => {
    if (toast) release();
    return hold;
  }, [toast, hold, release]);
  const show = useMemo(() => (next: Toast) => setToast(next), []);
  const act = () => {
    toast?.action?.perform();
    setToast(null);
  };
  return (
    <ToastContext value={show}>
      {children}
      {createPortal(
        <output className={styles.place} aria-live="polite">
          {toast && (
            // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the toast while one looks at it
            <div
              className={styles.toast}
              data-testid="toast"
              onMouseEnter={hold}
              onMouseLeave={release}
              onFocus={hold}
              onBlur={release}
            >
              <span className={styles.text}>{toast.text}</span>
              {toast.action && (
                <Button kind="plain" onClick={act} testId="toast.action">
                  {toast.action.label}
                </Button>
              )}
              <IconButton
                icon="close"
                label={t("action.close")}
                small
                onClick={() => setToast(null)}
              />
            </div>
          )}
        </output>,
        document.body,
      )}
    </ToastContext>
  );
}
