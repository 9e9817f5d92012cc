import type { Catalog } from "@/api/catalog";
import type { AppDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { type IconName, isIconName } from "@/components/icon";
import { useKept } from "@/lib/kept";

/** An entry of the navigation. */
export interface NavigationItem {
  readonly key: string;
  readonly label: string;
  readonly icon: IconName;
  readonly to: string;
  readonly object: string;
}

/** The app in use, the others, and the entries that lead to its pages. */
export function useNavigation() {
  const catalog = useCatalog();
  const names = catalog.apps.map((app) => app.name);
  const [chosen, choose] = useKept("app", names, names[0] ?? "");
  const app = catalog.apps.find((one) => one.name === chosen) ?? catalog.apps[0];
  return { apps: catalog.apps, app, choose, items: itemsOf(catalog, app) };
}

function itemsOf(catalog: Catalog, app: AppDefinition | undefined): readonly NavigationItem[] {
  const wanted = app?.items ?? catalog.objects.map((object) => ({ object: object.name }));
  return wanted.flatMap((item) => {
    const object = catalog.object(item.object);
    if (!object) return [];
    const view = "view" in item ? item.view : undefined;
    const title = "title" in item ? item.title : undefined;
    const viewTitle = catalog.views(object.name).find((one) => one.name === view)?.title;
    return {
      key: [object.name, view].filter(Boolean).join("."),
      label: title ?? viewTitle ?? pluralOf(object),
      icon: isIconName(object.icon) ? object.icon : "list",
      to: `/o/${object.name}${view ? `?view=${view}` : ""}`,
      object: object.name,
    };
  });
}
