import { LinkButton } from "./button";
import type { IconName } from "./icon";

/** Something a person may do, described once for every place that offers it. */
export interface Action {
  readonly name: string;
  readonly label: string;
  readonly icon: IconName;
  readonly primary?: boolean;
  readonly to: string;
  /** Why it cannot be done now. */
  readonly blocked?: string | undefined;
}

/** An action as a button. */
export function ActionButton({ action }: { action: Action }) {
  return (
    <LinkButton
      to={action.to}
      icon={action.icon}
      kind={action.primary ? "primary" : "plain"}
      blocked={action.blocked}
      testId={`action.${action.name}`}
    >
      {action.label}
    </LinkButton>
  );
}
