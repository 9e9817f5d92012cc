import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { useCatalog } from "@/api/meta";
import { EmptyState } from "@/components/empty-state";
import { Skeleton } from "@/components/skeleton";
import MyDay from "@/features/records/day/my-day";
import { useHasDay, useNavigation } from "./navigation";

const OwnFigures = lazy(() => import("@/features/dashboards/own-figures"));

/** The first page: one's day; where nothing can be due, the first entry of the navigation. */
export default function Home() {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { app, items } = useNavigation();
  const hasDay = useHasDay();
  if (hasDay) {
    const dashboard = app?.items.flatMap(
      (item) => catalog.dashboard(item.dashboard ?? "") ?? [],
    )[0];
    const figures = dashboard && (
      <Suspense fallback={<Skeleton lines={4} />}>
        <OwnFigures dashboard={dashboard} />
      </Suspense>
    );
    return <MyDay figures={figures} />;
  }
  const first = items[0];
  if (first) return <Navigate to={first.to} replace />;
  return (
    <EmptyState icon="list" heading="h1" title={t("home.blank")} testId="home.blank">
      <p>{t("home.blankText")}</p>
    </EmptyState>
  );
}
