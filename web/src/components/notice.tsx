import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";
import styles from "./notice.module.css";

/** How serious a notice is. */
export type Tone = "info" | "success" | "warning" | "danger";

const icons: Record<Tone, IconName> = {
  info: "info",
  success: "check",
  warning: "warning",
  danger: "warning",
};

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly testId?: string;
  readonly children?: ReactNode;
}

/** Something a person should know about the page below. */
export function Notice({ tone, title, actions, testId, children }: NoticeProps) {
  return (
    <div
      className={styles.notice}
      data-tone={tone}
      role={tone === "danger" ? "alert" : "status"}
      data-testid={testId}
    >
      <Icon name={icons[tone]} large />
      <div className={styles.words}>
        {title && <p className={styles.title}>{title}</p>}
        {children}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
