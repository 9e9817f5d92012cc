import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";
import { IconButton } from "@/components/button";
import { Menu } from "@/components/menu";
import styles from "./field.module.css";
import { isComputed } from "./line-columns";
import type { InputProps, Looks } from "./look";

interface LineRowProps extends Omit<InputProps, "value" | "onChange">, Looks {
  readonly id: string;
  readonly columns: readonly Field[];
  readonly line: Values;
  readonly at: number;
  readonly last: number;
  /** Its name as a place where another line is dropped. */
  readonly place: string;
  readonly over: boolean;
  readonly onGrab: (event: PointerEvent<HTMLElement>) => void;
  readonly onCell: (name: string, value: Value) => void;
  /** Moves it so many lines down; the focus goes to the same cell of it. */
  readonly onMove: (by: number, cell?: number) => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
}

/** One line: its handle with a menu, its cells, and its end. */
export function LineRow(props: LineRowProps) {
  const { columns, at, last, disabled = false, testId, onMove } = props;
  const { t } = useTranslation();
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { target } = event;
    // A list of choices opens by the same keys.
    const opens = target instanceof HTMLElement && target.role === "combobox";
    if (!event.altKey || by === undefined || opens || !(target instanceof Element)) return;
    event.preventDefault();
    onMove(by, target.closest("td")?.cellIndex);
  };
  const items = [
    {
      key: "up",
      label: t("field.lineUp"),
      icon: "arrow-up" as const,
      disabled: at === 0,
      perform: () => onMove(-1),
    },
    {
      key: "down",
      label: t("field.lineDown"),
      icon: "arrow-down" as const,
      disabled: at === last,
      perform: () => onMove(1),
    },
    { key: "copy", label: t("field.copyLine"), icon: "copy" as const, perform: props.onCopy },
  ];
  return (
    <tr
      data-place={props.place}
      data-over={props.over || undefined}
      onPointerDown={(event) => {
        const handle = event.target instanceof Element && event.target.closest("[data-handle]");
        if (handle) props.onGrab(event);
      }}
      onKeyDown={press}
    >
      <td className={styles.handle} data-handle>
        {!disabled && (
          <Menu
            items={items}
            label={t("field.lineOptions", { n: at + 1 })}
            icon="grip"
            iconOnly
            {...(testId && { testId: `${testId}.${at}.move` })}
          />
        )}
      </td>
      {columns.map((column) => (
        <Cell key={column.name} {...props} column={column} />
      ))}
      <td>
        <IconButton
          icon="trash"
          small
          label={t("field.removeLine", { n: at + 1 })}
          disabled={disabled}
          onClick={props.onRemove}
        />
      </td>
    </tr>
  );
}

function Cell(props: LineRowProps & { readonly column: Field }) {
  const { column, line, at, lookOf, included, disabled = false, testId } = props;
  const value = line[column.name] ?? null;
  const { Display, Input, chosen } = lookOf(column);
  if (isComputed(column)) {
    return (
      <td data-numeric data-testid={testId && `${testId}.${at}.${column.name}`}>
        {value !== null && <Display field={column} value={value} included={included} />}
      </td>
    );
  }
  const fault = props.faults?.[`${at}/${column.name}`];
  const id = `${props.id}-${column.name}`;
  return (
    <td data-chosen={chosen} data-cell={`${at}/${column.name}`}>
      <Input
        field={column}
        ids={{
          id,
          describedBy: fault && `${id}-error`,
          invalid: fault !== undefined,
          required: column.required,
        }}
        label={column.title}
        value={value}
        included={included}
        disabled={disabled}
        onChange={(cell) => props.onCell(column.name, cell)}
        {...(testId && { testId: `${testId}.${at}.${column.name}` })}
      />
      {fault && (
        <p id={`${id}-error`} className={styles.fault}>
          {fault}
        </p>
      )}
    </td>
  );
}
