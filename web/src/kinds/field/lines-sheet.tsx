import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { Values } from "@/api/types";
import { Button } from "@/components/button";
import { TableFrame } from "@/components/table-frame";
import { useDrag } from "@/components/use-drag";
import { useFormat } from "@/components/use-format";
import { rowsOf } from "./document";
import styles from "./field.module.css";
import { columnsOf, isComputed } from "./line-columns";
import { LineRow } from "./line-row";
import type { InputProps, Looks } from "./look";

const controls = "input, textarea, button";

/** The lines of a record being entered, with what its formulas give and their sums. */
export function LinesSheet(props: InputProps & Looks) {
  const { lookOf, field, value, onChange, disabled = false, testId, label, ids } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const format = useFormat();
  const base = useId();
  const columns = columnsOf(catalog, field).filter(
    (column) => isComputed(column) || column.writable !== false,
  );
  const rows = rowsOf(value);
  const model = useModel();
  const reading = { catalog, me, zone: format.reader.timezone, lookOf };
  const lines = model
    ? rows.map((row) => model.computedLine(reading, field.target ?? "", row))
    : rows;
  const totals = model?.totalsOf(columns, lines) ?? {};
  const body = useRef<HTMLTableSectionElement>(null);
  // What takes the focus once the lines are drawn anew.
  const next = useRef<{ line: number; cell: number } | null>(null);
  useEffect(() => {
    if (!next.current) return;
    const { line, cell } = next.current;
    next.current = null;
    const place = body.current?.children[line]?.children[cell];
    place?.querySelector<HTMLElement>(controls)?.focus();
  });
  const [said, say] = useState("");
  const put = (changed: readonly Values[], line: number, cell = 1) => {
    next.current = { line, cell };
    onChange(changed);
  };
  const move = (from: number, to: number, cell = 0) => {
    if (disabled || from === to || to < 0 || to >= rows.length) return;
    put(moved(rows, from, to), to, cell);
    say(t("field.lineMoved", { to: to + 1, count: rows.length }));
  };
  const { drag, start } = useDrag((item, place) => {
    const [frame, to] = place.split("/");
    if (frame === base) move(Number(item), Number(to));
  });
  const begun = () =>
    columns.flatMap(({ name, default: given }) => (given === undefined ? [] : [[name, given]]));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands inside the field's own frame
    <div
      className={styles.sheet}
      data-testid={testId}
      role="group"
      aria-label={label}
      aria-labelledby={ids && `${ids.id}-label`}
    >
      <TableFrame label={field.title}>
        <table className={styles.lines}>
          <thead>
            <tr>
              <td />
              {columns.map((column) => (
                <th key={column.name} data-numeric={isComputed(column) || undefined}>
                  {column.title}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody ref={body}>
            {lines.map((line, at) => (
              <LineRow
                key={String(line.id ?? `new ${at}`)}
                {...props}
                id={`${base}-${at}`}
                columns={columns}
                line={line}
                at={at}
                last={lines.length - 1}
                place={`${base}/${at}`}
                over={drag?.over === `${base}/${at}`}
                onGrab={(event) => !disabled && start(event, String(at))}
                onCell={(name, cell) =>
                  onChange(rows.map((row, n) => (n === at ? { ...row, [name]: cell } : row)))
                }
                onMove={(by, cell) => move(at, at + by, cell)}
                onCopy={() => {
                  const { id: _, ...copy } = rows[at] ?? {};
                  put([...rows.slice(0, at + 1), copy, ...rows.slice(at + 1)], at + 1);
                }}
                onRemove={() => onChange(rows.filter((_, n) => n !== at))}
              />
            ))}
          </tbody>
          {rows.length > 0 && Object.keys(totals).length > 0 && (
            <tfoot data-testid={testId && `${testId}.totals`}>
              <tr>
                <th scope="row" colSpan={2}>
                  {t("field.linesTotal")}
                </th>
                {columns.slice(1).map((column) => {
                  const total = totals[column.name] ?? null;
                  return (
                    <td key={column.name} data-numeric>
                      {total !== null && lookOf(column).text(total, { field: column, format, t })}
                    </td>
                  );
                })}
                <td />
              </tr>
            </tfoot>
          )}
        </table>
      </TableFrame>
      <span className={styles.addLine} data-add>
        <Button
          icon="plus"
          disabled={disabled}
          onClick={() => put([...rows, Object.fromEntries(begun())], rows.length)}
          {...(testId && { testId: `${testId}.add` })}
        >
          {t("field.addLine")}
        </Button>
        <kbd>Alt N</kbd>
      </span>
      <p className="unseen" role="status">
        {said}
      </p>
    </div>
  );
}

/** What works out formulas and sums; it comes once there are lines, and they do not wait for it. */
function useModel() {
  const [model, setModel] = useState<typeof import("./lines-model")>();
  useEffect(() => {
    let gone = false;
    void import("./lines-model").then((loaded) => gone || setModel(loaded));
    return () => {
      gone = true;
    };
  }, []);
  return model;
}

/** The lines with one in another place. */
function moved<T>(lines: readonly T[], from: number, to: number): readonly T[] {
  const rest = lines.filter((_, at) => at !== from);
  return [...rest.slice(0, to), ...lines.slice(from, from + 1), ...rest.slice(to)];
}
