import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { useNavigation } from "./navigation";

/** The first page: the first entry of the navigation. */
export function Home() {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const first = items[0];
  if (first) return <Navigate to={first.to} replace />;
  return (
    <EmptyState icon="list" heading="h1" title={t("home.blank")} testId="home.blank">
      <p>{t("home.blankText")}</p>
    </EmptyState>
  );
}
