import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { Menu } from "@/components/menu";
import { Facts, filledFields } from "../list/facts";
import type { ListRow } from "../list/use-rows";
import { RefusalNote } from "../move/refusal-note";
import type { Refusal } from "../move/use-moves";
import { StageAge } from "../path/stage-age";
import { daysSince } from "../path/use-days-since";
import { type ListOrigin, recordAddress } from "../record/neighbours";
import styles from "./kanban.module.css";
import type { Column } from "./model";

/** What the cards of a board have in common. */
export interface CardSetting {
  readonly object: string;
  readonly group: Field;
  /** The field that says since when a record stands in its column. */
  readonly since: Field | undefined;
  readonly fields: readonly Field[];
  readonly color: Field | undefined;
  readonly columns: readonly Column[];
  readonly origin: ListOrigin;
  readonly movable: boolean;
  readonly nameOf: (row: ListRow) => string;
  readonly refusalOf: (id: string) => Refusal | undefined;
  readonly isMoving: (id: string) => boolean;
  readonly onMove: (row: ListRow, to: string) => void;
  readonly onRetry: (row: ListRow) => void;
  readonly onForgive: (id: string) => void;
  readonly onGrab: (event: PointerEvent<HTMLElement>, row: ListRow) => void;
}

interface CardProps extends CardSetting {
  readonly row: ListRow;
  readonly at: string;
  /** Whether Tab comes to it. */
  readonly current: boolean;
  readonly lifted: boolean;
}

const factsOnCard = 3;

/** A record on a board. */
export function Card(props: CardProps) {
  const { object, row, color, columns, at, current } = props;
  const { t } = useTranslation();
  const { id } = row.record;
  const refusal = props.refusalOf(id);
  const tint = color?.oneOf?.find((option) => option.const === row.record[color.name]);
  const items = columns.map((column) => ({
    key: `to.${column.key}`,
    label: column.title,
    checked: column.key === at,
    disabled: column.key === at,
    perform: () => props.onMove(row, column.key),
  }));
  const name = props.nameOf(row);
  return (
    <li
      className={styles.card}
      data-card={id}
      data-hue={tint?.color}
      data-tinted={tint !== undefined}
      data-lifted={props.lifted}
      data-moving={props.isMoving(id)}
      data-record={id}
      data-testid={`kanban.card.${id}`}
      onPointerDown={(event) => props.movable && props.onGrab(event, row)}
      onDragStart={(event) => event.preventDefault()}
    >
      <div className={styles.cardTop}>
        <Link
          className={styles.cardTitle}
          to={recordAddress(object, id)}
          state={props.origin}
          tabIndex={current ? 0 : -1}
          aria-describedby={props.movable ? "kanban-keys" : undefined}
        >
          {name}
        </Link>
        {props.movable && (
          <span className={styles.cardMenu} data-menu>
            <Menu
              items={items}
              label={t("move.to", { name })}
              icon="more"
              iconOnly
              testId={`kanban.card.${id}.move`}
            />
          </span>
        )}
      </div>
      {tint && <span className={styles.tint}>{tint.title}</span>}
      <CardAge {...props} />
      <Facts fields={filledFields(props.fields, row, factsOnCard)} row={row} />
      {refusal && (
        <RefusalNote
          object={object}
          refusal={refusal}
          onFill={() => props.onRetry(row)}
          onClose={() => props.onForgive(id)}
        />
      )}
    </li>
  );
}

/** For how many days a record has stood in its column. */
function CardAge({ group, since, row, isMoving }: CardProps) {
  const instant = row.record[since?.name ?? ""];
  if (typeof instant !== "string" || isMoving(row.record.id)) return null;
  const days = daysSince(instant);
  if (days === 0) return null;
  const stage = group.oneOf?.find((option) => option.const === row.record[group.name]);
  return stage?.final ? null : <StageAge stage={stage} days={days} />;
}
