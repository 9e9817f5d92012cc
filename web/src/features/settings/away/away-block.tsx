import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import styles from "../settings.module.css";
import { Delegations } from "./delegations";

/** Who stands in while one is away. */
export function AwayBlock() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <section className={styles.block} aria-labelledby="away">
      <h2 id="away">{t("away.title")}</h2>
      <p className={styles.fact}>{t("away.help")}</p>
      <Delegations person={me.id} />
    </section>
  );
}
