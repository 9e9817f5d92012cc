import { useTranslation } from "react-i18next";
import { address } from "@/api/client";
import type { Organisation } from "@/api/types";
import { accented } from "@/components/accent";
import { colours, type Scheme } from "@/styles/tokens";
import styles from "./organisation.module.css";

interface BrandPreviewProps {
  readonly settings: Organisation;
  readonly name: string;
  readonly accent: string;
}

/** How the name, the logo and the colour look before they are saved, light and dark. */
export function BrandPreview(props: BrandPreviewProps) {
  const { t } = useTranslation();
  return (
    <figure className={styles.preview} aria-label={t("organisation.brand.preview")}>
      <Sample scheme="light" {...props} />
      <Sample scheme="dark" {...props} />
    </figure>
  );
}

function Sample({ scheme, settings, name, accent }: BrandPreviewProps & { scheme: Scheme }) {
  const { t } = useTranslation();
  const drawn = { ...colours[scheme], ...accented(scheme, accent) };
  const variables: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(drawn).map(([token, colour]) => [`--${token}`, colour]),
  );
  const { logo } = settings.brand;
  return (
    <div className={styles.sample} style={variables} data-testid={`org.preview.${scheme}`}>
      <span className={styles.sampleName}>
        {logo && <img src={address(`/brand/logo/${logo}`)} alt="" />}
        {name.trim() || settings.name}
      </span>
      <span className={styles.sampleRow}>{t("organisation.brand.sample")}</span>
      <span className={styles.sampleLink}>{t("organisation.brand.sampleLink")}</span>
      <span className={styles.sampleButton}>{t("form.save")}</span>
    </div>
  );
}
