import { createBrowserRouter, type RouteObject } from "react-router";
import { Missing } from "@/components/fault-view";
import { Failed } from "./failed";
import { Shell } from "./shell";

type Page = { default: React.ComponentType };

/** A page that is fetched when it is first visited. */
function page(path: string, load: () => Promise<Page>): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }) };
}

const pages: RouteObject[] = [
  page("", () => import("./home")),
  page("o/:object", () => import("@/features/records/list/list-page")),
  page("o/:object/new", () => import("@/features/records/form/new-page")),
  page("bin", () => import("@/features/bin/bin-page")),
  page("o/:object/duplicates", () => import("@/features/records/merge/duplicates-page")),
  page("o/:object/import", () => import("@/features/transfers/upload-page")),
  page("o/:object/:id", () => import("@/features/records/record/record-page")),
  page("dashboards/:name", () => import("@/features/dashboards/dashboard-page")),
  page("imports/:id", () => import("@/features/transfers/import-page")),
  page("outbox", () => import("@/features/records/outbox/outbox-page")),
  page("notifications", () => import("@/features/notifications/notifications-page")),
  page("settings/profile", () => import("@/features/settings/profile-page")),
  page("settings/organisation", () => import("@/features/settings/organisation/organisation-page")),
  page("settings/people", () => import("@/features/people/people-page")),
  page("settings/people/:id/away", () => import("@/features/settings/away/away-page")),
  page("settings/roles", () => import("@/features/roles/roles-page")),
  page("settings/roles/:name", () => import("@/features/roles/role-page")),
  page("settings/single-sign-on", () => import("@/features/settings/single-sign-on/list-page")),
  page(
    "settings/single-sign-on/:name",
    () => import("@/features/settings/single-sign-on/provider-page"),
  ),
  page("settings/second-factor", () => import("@/features/settings/second-factor-page")),
  page("settings/calendars", () => import("@/features/calendars/calendars-page")),
  page("settings/calendars/:name", () => import("@/features/calendars/calendar-page")),
  page("settings/audit", () => import("@/features/audit/audit-page")),
  page("settings/keys", () => import("@/features/settings/keys-page")),
  { path: "*", Component: Missing },
];

/** The addresses of the application. */
export const router = createBrowserRouter([
  {
    ErrorBoundary: Failed,
    HydrateFallback: () => null,
    children: [
      page("setup", () => import("@/features/setup/setup-page")),
      page("join", () => import("@/features/session/join-page")),
      page("reset", () => import("@/features/session/reset-page")),
      page("sign-in", () => import("@/features/session/sign-in-page")),
      {
        path: "/",
        Component: Shell,
        children: [{ ErrorBoundary: Failed, children: pages }],
      },
    ],
  },
]);
