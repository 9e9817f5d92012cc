import { Dropdown, Button as KitButton } from "antd";
import { Icon, type IconName } from "./icon";
import styles from "./menu.module.css";

/** An entry of a menu; `divider` draws a line before it. */
export interface MenuItem {
  readonly key: string;
  readonly label: string;
  readonly icon?: IconName | undefined;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly divider?: boolean;
  readonly checked?: boolean;
  readonly perform: () => void;
}

interface MenuProps {
  readonly items: readonly MenuItem[];
  /** What the button is called. */
  readonly label: string;
  readonly icon: IconName;
  /** Shows the picture without the words. */
  readonly iconOnly?: boolean;
  readonly testId?: string;
}

/** A button that opens a menu. */
export function Menu({ items, label, icon, iconOnly = false, testId }: MenuProps) {
  // With a picture beside one entry, the words of all stand in one line.
  const pictured = items.some((item) => item.icon || item.checked !== undefined);
  const entries = items.flatMap((item) => [
    ...(item.divider ? [{ type: "divider" as const, key: `${item.key}-line` }] : []),
    {
      key: item.key,
      label: <span data-testid={`menu.${item.key}`}>{item.label}</span>,
      icon: pictured && (
        <span className={styles.icon}>
          {item.checked ? <Icon name="check" /> : item.icon && <Icon name={item.icon} />}
        </span>
      ),
      danger: item.danger ?? false,
      disabled: item.disabled ?? false,
      "aria-current": item.checked || undefined,
      onClick: item.perform,
    },
  ]);
  return (
    <Dropdown
      menu={{ items: entries, className: styles.menu ?? "" }}
      trigger={["click"]}
      autoFocus
      placement="bottomRight"
    >
      <KitButton
        type="text"
        icon={<Icon name={icon} />}
        aria-label={label}
        aria-haspopup="menu"
        data-testid={testId}
      >
        {!iconOnly && label}
      </KitButton>
    </Dropdown>
  );
}
