import type { Catalog } from "@/api/catalog";
import type { AppDefinition, AppItem, DashboardDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { isWaiting } from "@/api/pools";
import { type IconName, isIconName } from "@/components/icon";
import { useKept } from "@/lib/kept";

/** An entry of the navigation. */
export interface NavigationItem {
  readonly key: string;
  readonly label: string;
  readonly icon: IconName;
  readonly to: string;
  /** The object whose records it leads to, if it does. */
  readonly object?: string;
  /** Whether these wait in pools. */
  readonly waits?: boolean;
}

/** The app in use, the others, and the entries that lead to its pages. */
export function useNavigation() {
  const catalog = useCatalog();
  const names = catalog.apps.map((app) => app.name);
  const [chosen, choose] = useKept("app", names, names[0] ?? "");
  const app = catalog.apps.find((one) => one.name === chosen) ?? catalog.apps[0];
  return { apps: catalog.apps, app, choose, items: itemsOf(catalog, app) };
}

/** Whether the first page is one's day: something can be due of the records that one may see. */
export function useHasDay(): boolean {
  return useCatalog().objects.some((object) => object.behaviours?.due);
}

function itemsOf(catalog: Catalog, app: AppDefinition | undefined): readonly NavigationItem[] {
  const every: readonly AppItem[] = catalog.objects.map((object) => ({ object: object.name }));
  const wanted = app?.items ?? every;
  return wanted.flatMap((item) => {
    const dashboard = catalog.dashboard(item.dashboard ?? "");
    if (dashboard) return [dashboardItem(dashboard, item.title)];
    const object = catalog.object(item.object ?? "");
    if (!object) return [];
    const { view, title } = item;
    const shown = catalog.views(object.name).find((one) => one.name === view);
    const waits = isWaiting(object, shown?.filter ?? "");
    return {
      key: [object.name, view].filter(Boolean).join("."),
      label: title ?? shown?.title ?? pluralOf(object),
      icon: waits ? "inbox" : isIconName(object.icon) ? object.icon : "list",
      to: `/o/${object.name}${view ? `?view=${view}` : ""}`,
      object: object.name,
      waits,
    };
  });
}

function dashboardItem(dashboard: DashboardDefinition, title?: string): NavigationItem {
  return {
    key: `dashboard.${dashboard.name}`,
    label: title ?? dashboard.title ?? dashboard.name,
    icon: isIconName(dashboard.icon) ? dashboard.icon : "gauge",
    to: `/dashboards/${dashboard.name}`,
  };
}
