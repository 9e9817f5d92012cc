import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { Menu, type MenuItem } from "@/components/menu";
import type { BodyProps } from "../list/list-states";
import { groupParts } from "../list/views";
import { groupable, isTimed, units, usualUnit } from "./model";

/** Chooses what the records of a table are grouped by. */
export function GroupMenu({ object, state, onChange }: BodyProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { field: name, by = usualUnit } = groupParts(state.group);
  const shown = state.columns.map((column) => column.field);
  const place = (field: string) => (shown.includes(field) ? shown.indexOf(field) : shown.length);
  const fields = catalog
    .fields(object.name)
    .filter((field) => groupable(field) && field.can !== "mask")
    .toSorted((a, b) => place(a.name) - place(b.name));
  const current = fields.find((field) => field.name === name);
  const items: MenuItem[] = [
    {
      key: "group.none",
      label: t("group.none"),
      checked: !current,
      perform: () => onChange({ group: "" }),
    },
    ...fields.map((field, index) => ({
      key: `group.${field.name}`,
      label: field.title,
      checked: field === current,
      divider: index === 0,
      perform: () =>
        onChange({ group: isTimed(field) ? `${field.name}:${usualUnit}` : field.name }),
    })),
    ...(current && isTimed(current) ? units : []).map((unit, index) => ({
      key: `group.by.${unit}`,
      label: t(`group.by.${unit}`),
      checked: unit === by,
      divider: index === 0,
      perform: () => onChange({ group: `${name}:${unit}` }),
    })),
  ];
  const label = current ? t("group.chosen", { field: current.title }) : t("group.title");
  return <Menu items={items} label={label} icon="list" testId="list.group" />;
}
