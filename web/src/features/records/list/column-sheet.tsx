import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { Button, IconButton } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Sheet } from "@/components/dialog";
import { TextInput } from "@/components/text-input";
import styles from "./list.module.css";

interface ColumnSheetProps {
  readonly open: boolean;
  readonly title: string;
  readonly object: ObjectDefinition;
  readonly columns: readonly string[];
  readonly onClose: () => void;
  readonly onChange: (columns: readonly string[]) => void;
  readonly onReset: () => void;
}

/** Which columns are shown, and in which order. */
export function ColumnSheet(props: ColumnSheetProps) {
  const { t } = useTranslation();
  return (
    <Sheet
      title={props.title}
      open={props.open}
      onClose={props.onClose}
      testId="columns"
      footer={
        <Button
          kind="quiet"
          icon="undo"
          onClick={() => {
            props.onReset();
            props.onClose();
          }}
          testId="columns.reset"
        >
          {t("columns.reset")}
        </Button>
      }
    >
      <ColumnList {...props} />
    </Sheet>
  );
}

function ColumnList({ object, columns, onChange }: ColumnSheetProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState("");
  // Ticking a column does not move it away from under the pointer.
  const [order, setOrder] = useState(() => {
    const names = catalog.fields(object.name).map((field) => field.name);
    return [...columns, ...names.filter((name) => !columns.includes(name))];
  });
  const wanted = typed.trim().toLowerCase();
  const found = order.flatMap((name) => {
    const field = catalog.field(object.name, name);
    return field && (field.title.toLowerCase().includes(wanted) || name.includes(wanted))
      ? field
      : [];
  });
  const shownIn = (names: readonly string[], shown: readonly string[]) =>
    names.filter((name) => shown.includes(name));
  const toggle = (name: string, checked: boolean) => {
    const shown = checked ? [...columns, name] : columns.filter((one) => one !== name);
    onChange(shownIn(order, shown));
  };
  const move = (name: string, by: -1 | 1) => {
    const neighbour = columns[columns.indexOf(name) + by];
    if (!neighbour) return;
    const swapped = order.map((one) => (one === name ? neighbour : one === neighbour ? name : one));
    setOrder(swapped);
    onChange(shownIn(swapped, columns));
    // The entry has another place now; the focus goes along.
    const direction = by < 0 ? "up" : "down";
    requestAnimationFrame(() => {
      const testId = `[data-testid="columns.${name}.${direction}"]`;
      list.current?.querySelector<HTMLElement>(testId)?.focus();
    });
  };
  return (
    <div className={styles.columns}>
      <TextInput
        type="search"
        icon="search"
        label={t("columns.search")}
        placeholder={t("columns.search")}
        value={typed}
        onChange={setTyped}
        clear
      />
      <ul ref={list}>
        {found.map((field) => (
          <ColumnEntry
            key={field.name}
            field={field}
            at={columns.indexOf(field.name)}
            count={columns.length}
            onToggle={(checked) => toggle(field.name, checked)}
            onMove={(by) => move(field.name, by)}
          />
        ))}
      </ul>
    </div>
  );
}

interface ColumnEntryProps {
  readonly field: Field;
  readonly at: number;
  readonly count: number;
  readonly onToggle: (checked: boolean) => void;
  readonly onMove: (by: -1 | 1) => void;
}

function ColumnEntry({ field, at, count, onToggle, onMove }: ColumnEntryProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.column}>
      <Checkbox
        checked={at >= 0}
        disabled={at >= 0 && count === 1}
        onChange={onToggle}
        testId={`columns.${field.name}`}
      >
        {field.title}
      </Checkbox>
      {at >= 0 && (
        <span className={styles.moves}>
          <IconButton
            icon="arrow-up"
            small
            label={t("columns.up", { column: field.title })}
            disabled={at === 0}
            onClick={() => onMove(-1)}
            testId={`columns.${field.name}.up`}
          />
          <IconButton
            icon="arrow-down"
            small
            label={t("columns.down", { column: field.title })}
            disabled={at === count - 1}
            onClick={() => onMove(1)}
            testId={`columns.${field.name}.down`}
          />
        </span>
      )}
    </li>
  );
}
