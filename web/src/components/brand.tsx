import styles from "./brand.module.css";

/** The product's mark and name. */
export function Brand({ folded = false }: { folded?: boolean }) {
  return (
    <span className={styles.brand}>
      <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" />
        <path d="M10 6v20M22 6v20M6 12h20M6 20h20" />
      </svg>
      {!folded && <span translate="no">Trellis</span>}
    </span>
  );
}
