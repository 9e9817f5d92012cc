import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { Button, IconButton } from "@/components/button";
import { Menu } from "@/components/menu";
import { chosenDensities, usePreferences } from "@/components/preferences";
import { TextInput } from "@/components/text-input";
import { usePhone } from "@/components/use-media";
import { lookOf } from "@/kinds/field/kinds";
import { useDebounced } from "@/lib/use-debounced";
import { GroupMenu } from "../group/group-menu";
import { ColumnSheet } from "./column-sheet";
import styles from "./list.module.css";
import { nextSort } from "./list-state";
import type { BodyProps } from "./list-states";
import type { Layers } from "./use-layers";
import { ViewMenu } from "./view-menu";

interface ListToolbarProps extends BodyProps {
  readonly filtering: boolean;
  readonly onFilter: () => void;
  readonly layers: Layers;
}

/** Search, filter, order, columns. */
export function ListToolbar(props: ListToolbarProps) {
  const { object, state, filtering, onChange } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  const [choosing, setChoosing] = useState(false);
  const columns = t(state.type === "table" ? "list.columns" : "list.cardFields");
  return (
    <div className={styles.toolbar}>
      <Search key={object.name} q={state.q} onSearch={(q) => onChange({ q })} />
      {phone ? (
        <IconButton
          icon="filter"
          label={t("list.filter")}
          expanded={filtering}
          onClick={props.onFilter}
          testId="list.filter"
        />
      ) : (
        <Button
          kind="quiet"
          icon="filter"
          expanded={filtering}
          controls="filter"
          onClick={props.onFilter}
          testId="list.filter"
        >
          {t("list.filter")}
        </Button>
      )}
      {state.type !== "calendar" && <SortMenu {...props} phone={phone} />}
      {!phone && state.type === "table" && <GroupMenu {...props} />}
      {!phone && (
        <Button kind="quiet" icon="columns" onClick={() => setChoosing(true)} testId="list.columns">
          {columns}
        </Button>
      )}
      {!phone && state.type === "table" && <DensityMenu {...props} />}
      {(state.changed || state.own) && <ViewMenu {...props} />}
      <ColumnSheet
        open={choosing}
        title={columns}
        object={object}
        columns={state.columns.map((column) => column.field)}
        onClose={() => setChoosing(false)}
        onChange={(columns) => onChange({ columns })}
        onReset={() => onChange({ columns: null, widths: null })}
      />
    </div>
  );
}

function Search({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(q);
  const [last, setLast] = useState(q);
  // The address may change otherwise, by going back.
  if (q !== last) {
    setLast(q);
    setTyped(q);
  }
  const rested = useDebounced(typed.trim(), 250);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a rested text is searched for
  useEffect(() => {
    if (rested === typed.trim() && rested !== q) {
      setLast(rested);
      onSearch(rested);
    }
  }, [rested]);
  return (
    <div className={styles.search}>
      <TextInput
        type="search"
        inputMode="search"
        icon="search"
        label={t("list.search")}
        placeholder={t("list.search")}
        value={typed}
        onChange={setTyped}
        clear
        testId="list.search"
      />
    </div>
  );
}

function SortMenu({ object, state, onChange, phone }: ListToolbarProps & { phone: boolean }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const items = state.columns.flatMap(({ field: name }) => {
    const field = catalog.field(object.name, name);
    if (!field || lookOf(field).unsortable || field.can === "mask") return [];
    const ascending = state.sort.includes(name);
    const descending = state.sort.includes(`-${name}`);
    return {
      key: `sort.${name}`,
      label: field.title,
      checked: ascending || descending,
      icon: descending ? ("arrow-down" as const) : ascending ? ("arrow-up" as const) : undefined,
      perform: () => onChange({ sort: nextSort(state.sort, name, false) }),
    };
  });
  return (
    <Menu items={items} label={t("list.sort")} icon="sort" iconOnly={phone} testId="list.sort" />
  );
}

function DensityMenu({ state, onChange }: ListToolbarProps) {
  const { t } = useTranslation();
  const { density } = usePreferences();
  const items = chosenDensities.map((one) => ({
    key: `density.${one}`,
    label: t(`density.${one}`),
    checked: one === (state.density ?? density),
    perform: () => onChange({ density: one === density ? null : one }),
  }));
  return (
    <Menu items={items} label={t("list.density")} icon="density" iconOnly testId="list.density" />
  );
}
