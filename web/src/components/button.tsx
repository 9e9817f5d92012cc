import { Button as KitButton, type ButtonProps as KitButtonProps, Tooltip } from "antd";
import type { MouseEvent, ReactNode } from "react";
import { useHref, useNavigate } from "react-router";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icon";
import { usePreferences } from "./preferences";

/** How much a button asks for attention. */
export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

interface Common {
  /** Why it cannot be used now; it can still be reached, and says so. */
  readonly blocked?: string | undefined;
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly disabled?: boolean;
  readonly testId?: string;
}

interface ButtonProps extends Common {
  readonly children: ReactNode;
  readonly busy?: boolean;
  readonly submit?: boolean;
  readonly wide?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly onClick?: () => void;
}

const looks: Record<ButtonKind, KitButtonProps> = {
  primary: { type: "primary" },
  plain: { type: "default" },
  quiet: { type: "text" },
  danger: { type: "default", danger: true },
};

/** A button with a verb on it. */
export function Button(props: ButtonProps) {
  const { kind = "plain", icon, busy, submit, wide, onClick, blocked } = props;
  const button = (
    <KitButton
      {...looks[kind]}
      htmlType={submit ? "submit" : "button"}
      loading={busy ?? false}
      disabled={props.disabled ?? false}
      block={wide ?? false}
      icon={icon && <Icon name={icon} />}
      aria-expanded={props.expanded}
      aria-controls={props.controls}
      aria-disabled={blocked !== undefined || undefined}
      className={blocked ? (styles.blocked ?? "") : ""}
      data-testid={props.testId}
      onClick={() => !busy && !blocked && onClick?.()}
    >
      {props.children}
      {blocked && <span className="unseen"> {blocked}</span>}
    </KitButton>
  );
  return blocked ? <Tooltip title={blocked}>{button}</Tooltip> : button;
}

interface LinkButtonProps extends Common {
  readonly to: string;
  readonly state?: unknown;
  readonly children: ReactNode;
}

/** A link that looks like a button: it can be opened in a new tab. */
export function LinkButton(props: LinkButtonProps) {
  const { to, state, kind = "plain", icon, testId, children } = props;
  const href = useHref(to);
  const navigate = useNavigate();
  if (props.blocked) return <Button {...props}>{children}</Button>;
  const follow = (event: MouseEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to, { state });
  };
  return (
    <KitButton
      {...looks[kind]}
      href={href}
      onClick={follow}
      icon={icon && <Icon name={icon} />}
      data-testid={testId}
    >
      {children}
    </KitButton>
  );
}

interface AwayButtonProps {
  readonly href: string;
  /** In a tab of its own, so that this page stays as it is. */
  readonly beside?: boolean;
  readonly icon?: IconName;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** A link out of the application that looks like a button. */
export function AwayButton({ href, beside = false, icon, testId, children }: AwayButtonProps) {
  return (
    <KitButton
      block
      href={href}
      {...(beside && { target: "_blank", rel: "noreferrer" })}
      icon={icon && <Icon name={icon} />}
      data-testid={testId}
    >
      {children}
    </KitButton>
  );
}

interface IconButtonProps extends Common {
  readonly icon: IconName;
  readonly label: string;
  readonly small?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly onClick?: () => void;
}

/** A button with a picture only; its name is in a tooltip and for screen readers. */
export function IconButton(props: IconButtonProps) {
  const { icon, label, kind = "quiet", onClick } = props;
  // Under a finger there is no hovering, and a tooltip would stay.
  const touch = usePreferences().drawnDensity === "touch";
  return (
    <Tooltip title={touch || props.expanded ? null : label} mouseEnterDelay={0.4}>
      <KitButton
        {...looks[kind]}
        size={props.small ? "small" : "middle"}
        disabled={props.disabled ?? false}
        icon={<Icon name={icon} />}
        aria-label={label}
        aria-pressed={props.pressed}
        aria-expanded={props.expanded}
        data-testid={props.testId}
        onClick={() => onClick?.()}
      />
    </Tooltip>
  );
}
