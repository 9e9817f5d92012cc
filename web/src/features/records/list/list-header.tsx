import { useTranslation } from "react-i18next";
import { useActions } from "@/actions/object-actions";
import type { ObjectDefinition, ViewDefinition, ViewType } from "@/api/definitions";
import type { Layer } from "@/api/layers";
import { pluralOf, useCatalog } from "@/api/meta";
import { ActionButton } from "@/components/action-button";
import type { IconName } from "@/components/icon";
import { Tabs } from "@/components/tabs";
import { usePhone } from "@/components/use-media";
import styles from "./list.module.css";
import { type ListState, viewsOf } from "./list-state";
import { layerOver } from "./views";

const viewIcons: Readonly<Record<ViewType, IconName>> = {
  table: "table",
  kanban: "board",
  calendar: "calendar",
  gallery: "gallery",
  split: "split",
};

interface ListHeaderProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly layers: readonly Layer[];
}

/** The name of the list, its views, and what one does first. */
export function ListHeader({ object, state, layers }: ListHeaderProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const phone = usePhone();
  const actions = useActions(object);
  const views = viewsOf(catalog, object.name, layers);
  const isChanged = (view: ViewDefinition) => {
    if (view.name === state.view.name) return state.changed;
    return layerOver(layers, view)?.title === "";
  };
  const tabs = views.map((view, index) => ({
    key: view.name || "all",
    label: view.title || t("list.all"),
    icon: viewIcons[view.type ?? "table"],
    to: index === 0 ? `/o/${object.name}` : `/o/${object.name}?view=${view.name}`,
    current: view.name === state.view.name,
    mark: isChanged(view) ? t("list.changed") : undefined,
  }));
  const shown = phone ? actions.filter((action) => action.primary) : actions;
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <h1>{pluralOf(object)}</h1>
        <div className={styles.actions}>
          {shown.map((action) => (
            <ActionButton key={action.name} action={action} />
          ))}
        </div>
      </div>
      <Tabs label={t("list.views")} tabs={tabs} />
    </header>
  );
}
