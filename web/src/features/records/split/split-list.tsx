import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect } from "react";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { ValueView } from "@/kinds/field/value-view";
import { isSubmitKey } from "@/lib/submit-key";
import { sizes } from "@/styles/tokens";
import { filledFields } from "../list/facts";
import type { ListRow, useRows } from "../list/use-rows";
import type { ListOrigin } from "../record/neighbours";
import styles from "./split.module.css";

interface SplitListProps {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly label: string;
  readonly rows: ReturnType<typeof useRows>;
  readonly fields: readonly Field[];
  readonly opened: string | null;
  readonly openedAt: number;
  readonly nameOf: (row: ListRow) => string;
  readonly addressOf: (id: string) => string;
  readonly origin: ListOrigin;
  readonly onOpen: (id: string) => void;
  readonly onEnter: () => void;
}

const factsInRow = 3;

/** The narrow list beside a record. It keeps its place while one goes from record to record. */
export function SplitList(props: SplitListProps) {
  const { ref, rows, openedAt } = props;
  const { onSight } = rows;
  const virtual = useVirtualizer({
    count: rows.length ?? 0,
    getScrollElement: () => ref.current,
    estimateSize: () => sizes["split-row"],
    overscan: 6,
  });
  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? 0;
  useEffect(() => onSight(first, last), [onSight, first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another record scrolls the list
  useEffect(() => {
    if (openedAt >= 0) virtual.scrollToIndex(openedAt, { align: "auto" });
  }, [openedAt]);
  const press = (event: KeyboardEvent) => {
    const at = Number(event.target instanceof HTMLElement ? event.target.dataset.index : undefined);
    if (Number.isNaN(at)) return;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      ref.current?.querySelector<HTMLElement>(`[data-index="${at + by}"]`)?.focus();
    } else if (isSubmitKey(event) && rows.rowAt(at)?.record.id === props.opened) {
      event.preventDefault();
      props.onEnter();
    }
  };
  return (
    <nav aria-label={props.label} className={styles.list}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk from row to row */}
      <div ref={ref} className={styles.scroller} onKeyDown={press}>
        <ul className={styles.rows} style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map((item) => (
            <li
              key={item.key}
              className={styles.place}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={rows.total}
              aria-posinset={item.index + 1}
            >
              <Row {...props} index={item.index} row={rows.rowAt(item.index)} />
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}

function Row(props: SplitListProps & { index: number; row: ListRow | undefined }) {
  const { index, row, opened, openedAt } = props;
  if (!row) return <div className={styles.row} aria-busy="true" />;
  const { record, included } = row;
  const facts = filledFields(props.fields, row, factsInRow);
  const current = record.id === opened;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    props.onOpen(record.id);
  };
  return (
    <Link
      className={styles.row}
      to={props.addressOf(record.id)}
      state={props.origin}
      aria-current={current ? "true" : undefined}
      tabIndex={index === Math.max(0, openedAt) ? 0 : -1}
      data-index={index}
      data-record={record.id}
      data-testid={`split.row.${record.id}`}
      onClick={open}
    >
      <span className={styles.name}>{props.nameOf(row)}</span>
      <span className={styles.facts}>
        {facts.map((field) => (
          <span key={field.name} className={styles.fact}>
            <ValueView field={field} value={record[field.name]} included={included} brief />
          </span>
        ))}
      </span>
    </Link>
  );
}
