import { address } from "@/api/client";
import styles from "./brand.module.css";
import { useBrand } from "./use-brand";

/** The product's mark and name, or those that the organisation has given it. */
export function Brand({ folded = false }: { folded?: boolean }) {
  const { name: organisation, brand } = useBrand();
  const name = brand.name || (brand.logo ? "" : "Trellis");
  return (
    <span className={styles.brand}>
      {brand.logo ? (
        <img
          className={styles.logo}
          src={address(`/brand/logo/${brand.logo}`)}
          alt={name ? "" : organisation}
          data-testid="brand.logo"
        />
      ) : (
        <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <rect width="32" height="32" rx="7" />
          <path d="M10 6v20M22 6v20M6 12h20M6 20h20" />
        </svg>
      )}
      {!folded && name && (
        <span translate="no" data-testid="brand.name">
          {name}
        </span>
      )}
    </span>
  );
}
