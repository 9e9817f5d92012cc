import type { ReactNode } from "react";
import ClaimButton, { type ClaimButtonProps } from "./claim-button";
import styles from "./pool.module.css";

/** What is shown beside the button. */
export interface ClaimCellProps extends ClaimButtonProps {
  readonly children?: ReactNode;
}

/** What names a record that waits, and the button that takes it. */
export default function ClaimCell({ children, ...claimed }: ClaimCellProps) {
  if (!children) return <ClaimButton {...claimed} />;
  return (
    <span className={styles.claimable}>
      {children}
      <ClaimButton {...claimed} />
    </span>
  );
}
