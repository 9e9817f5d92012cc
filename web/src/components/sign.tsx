import { Icon, type IconName } from "./icon";
import styles from "./sign.module.css";

interface SignProps {
  readonly icon: IconName;
  readonly small?: boolean;
  readonly tone?: "quiet" | "link" | "warning";
}

/** A round picture at the beginning of an entry, which says what sort of entry it is. */
export function Sign({ icon, small, tone = "quiet" }: SignProps) {
  return (
    <span className={styles.sign} data-small={small} data-tone={tone}>
      <Icon name={icon} />
    </span>
  );
}
