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

/** What can be done about what has just happened. */
export interface ToastAction {
  readonly label: string;
  readonly perform: () => void;
}

/** A short word on what has just happened, with at most two things to do about it. */
export interface Toast {
  readonly text: string;
  readonly action?: ToastAction;
  readonly other?: ToastAction;
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
  const act = (action: ToastAction) => {
    setToast(null);
    action.perform();
  };
  const buttons = [
    { testId: "toast.action", action: toast?.action },
    { testId: "toast.other", action: toast?.other },
  ];
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
              {buttons.map(
                ({ action, testId }) =>
                  action && (
                    <Button key={testId} kind="plain" onClick={() => act(action)} testId={testId}>
                      {action.label}
                    </Button>
                  ),
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
