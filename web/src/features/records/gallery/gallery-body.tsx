import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { pluralOf, useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { usePhone } from "@/components/use-media";
import { sizes } from "@/styles/tokens";
import { cardFields } from "../list/facts";
import { ListFooter } from "../list/list-footer";
import { originOf } from "../list/list-state";
import { type BodyProps, ListStates } from "../list/list-states";
import { useRows } from "../list/use-rows";
import styles from "./gallery.module.css";
import { GalleryCard } from "./gallery-card";

/** The records as cards with pictures. */
export default function GalleryBody(props: BodyProps) {
  const { object, state } = props;
  const catalog = useCatalog();
  const display = catalog.display(object.name);
  const cover = catalog.field(object.name, state.view.cover ?? "");
  const fields = cardFields(catalog, object.name, state, [cover?.name]);
  const names = [display, cover?.name, ...fields.map((field) => field.name)];
  const rows = useRows(object.name, {
    where: state.where,
    q: state.q,
    sort: state.sort,
    fields: [...new Set(names.flatMap((name) => name ?? []))],
  });
  return (
    <>
      <ListStates
        {...props}
        error={rows.error}
        onRetry={rows.retry}
        ready={rows.length !== undefined}
        empty={rows.counted && rows.total === 0}
      >
        <Shelf
          label={pluralOf(object)}
          rows={rows}
          card={(index, current) => {
            const row = rows.rowAt(index);
            return (
              <GalleryCard
                object={object.name}
                row={row}
                name={row ? displayOf(row.record, display) : ""}
                cover={cover}
                fields={fields}
                origin={originOf(state)}
                current={current}
              />
            );
          }}
        />
      </ListStates>
      <ListFooter object={object} state={state} total={rows.total} />
    </>
  );
}

interface ShelfProps {
  readonly label: string;
  readonly rows: ReturnType<typeof useRows>;
  readonly card: (index: number, current: boolean) => ReactNode;
}

const rowHeight = sizes["gallery-height"] + sizes["space-4"];

/** Cards side by side, as many as there is room for; only those in sight are drawn. */
function Shelf({ label, rows, card }: ShelfProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const phone = usePhone();
  const across = useAcross(scroller, phone);
  const [current, setCurrent] = useState(0);
  const walked = useRef(false);
  const length = rows.length ?? 0;
  const virtual = useVirtualizer({
    count: Math.ceil(length / across),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
  });
  const first = (virtual.range?.startIndex ?? 0) * across;
  const last = Math.min(length, ((virtual.range?.endIndex ?? 0) + 1) * across) - 1;
  const { onSight } = rows;
  useEffect(() => onSight(first, Math.max(first, last)), [onSight, first, last]);
  useEffect(() => {
    if (!walked.current) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${current}"] a`);
    if (!link) return; // not drawn yet: it is when it has come in sight
    walked.current = false;
    link.focus();
  });
  const press = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -across,
      ArrowDown: across,
      Home: -current,
      End: length - 1 - current,
    };
    const step = steps[event.key];
    const next = current + (step ?? 0);
    if (step === undefined || next < 0 || next >= length) return;
    event.preventDefault();
    walked.current = true;
    setCurrent(next);
    virtual.scrollToIndex(Math.floor(next / across));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk from card to card
    <div ref={scroller} className={styles.shelf} onKeyDown={press} data-testid="gallery">
      <ul
        aria-label={label}
        className={styles.list}
        style={{ height: `${virtual.getTotalSize()}px` }}
      >
        {virtual.getVirtualItems().flatMap((item) =>
          Array.from({ length: across }, (_, column) => item.index * across + column)
            .filter((index) => index < length)
            .map((index) => (
              <li
                key={index}
                className={styles.place}
                style={{
                  transform: `translate(${(index % across) * 100}%, ${item.start}px)`,
                  width: `${100 / across}%`,
                }}
                onFocus={() => setCurrent(index)}
                aria-setsize={length}
                aria-posinset={index + 1}
                data-index={index}
              >
                {card(index, index === current)}
              </li>
            )),
        )}
      </ul>
    </div>
  );
}

/** How many cards stand side by side. */
function useAcross(scroller: RefObject<HTMLElement | null>, phone: boolean): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, [scroller]);
  if (phone) return 1;
  return Math.max(2, Math.floor(width / sizes["control-width"]));
}
