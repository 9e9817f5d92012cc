import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { pluralOf, useCatalog } from "@/api/meta";
import { ValueView } from "@/kinds/field/value-view";
import { sizes } from "@/styles/tokens";
import { recordAddress } from "../record/neighbours";
import { Facts } from "./facts";
import styles from "./list.module.css";
import type { ListBodyProps } from "./list-grid";
import type { ListRow } from "./use-rows";

const factsOnCard = 3;

/** The records as cards, for a phone. */
export function ListCards(props: ListBodyProps) {
  const { object, rows } = props;
  const { onSight } = rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => sizes["card-height"],
    overscan: 4,
  });
  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? 0;
  useEffect(() => onSight(first, last), [onSight, first, last]);
  return (
    <div ref={scroller} className={styles.cards}>
      <ul
        aria-label={pluralOf(object)}
        className={styles.cardList}
        style={{ height: `${virtual.getTotalSize()}px` }}
      >
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            className={styles.cardPlace}
            style={{ transform: `translateY(${item.start}px)` }}
            aria-setsize={rows.total}
            aria-posinset={item.index + 1}
          >
            <Card {...props} row={rows.rowAt(item.index)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Card({
  object,
  state,
  origin,
  nameOf,
  row,
  claim: Claim,
}: ListBodyProps & { row: ListRow | undefined }) {
  const catalog = useCatalog();
  if (!row) return <div className={styles.card} aria-busy="true" />;
  const display = catalog.display(object.name);
  const fields = state.columns.flatMap(({ field }) => {
    const known = catalog.field(object.name, field);
    return known && field !== display && row.record[field] !== null ? known : [];
  });
  const chip = fields.find((field) => field.field === "select");
  // The button takes the room of a fact.
  const facts = fields.filter((field) => field !== chip).slice(0, factsOnCard - (Claim ? 1 : 0));
  const { record, included } = row;
  return (
    <article
      className={styles.card}
      data-record={record.id}
      data-testid={`list.${object.name}.row.${record.id}`}
    >
      <div className={styles.cardTop}>
        <Link
          className={styles.cardTitle}
          to={recordAddress(object.name, record.id)}
          state={origin}
        >
          {nameOf(row)}
        </Link>
        {Claim && <Claim object={object} record={record} name={nameOf(row)} />}
        {chip && <ValueView field={chip} value={record[chip.name]} included={included} />}
      </div>
      <Facts fields={facts} row={row} />
    </article>
  );
}
