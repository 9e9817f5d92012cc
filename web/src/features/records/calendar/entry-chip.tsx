import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { IconButton } from "@/components/button";
import { Facts, filledFields } from "../list/facts";
import type { ListRow } from "../list/use-rows";
import { RefusalNote } from "../move/refusal-note";
import type { Refusal } from "../move/use-moves";
import { type ListOrigin, recordAddress } from "../record/neighbours";
import styles from "./calendar.module.css";
import type { Entry } from "./model";

/** What the entries of a calendar have in common. */
export interface EntrySetting {
  readonly object: string;
  readonly fields: readonly Field[];
  readonly color: Field | undefined;
  readonly origin: ListOrigin;
  readonly movable: boolean;
  readonly nameOf: (row: ListRow) => string;
  readonly refusalOf: (id: string) => Refusal | undefined;
  readonly isMoving: (id: string) => boolean;
  readonly onAsk: (entry: Entry) => void;
  readonly onRetry: (entry: Entry) => void;
  readonly onForgive: (id: string) => void;
  readonly onGrab: (event: PointerEvent<HTMLElement>, entry: Entry, day: string) => void;
}

interface EntryChipProps {
  readonly setting: EntrySetting;
  readonly entry: Entry;
  readonly day: string;
  /** With what else is known of it, and a button that a finger can hit. */
  readonly full?: boolean;
  /** Whether the day before says already what it is. */
  readonly goesOn?: boolean;
  readonly reachable: boolean;
}

const factsShown = 3;

/** A record on a day. */
export function EntryChip(props: EntryChipProps) {
  const { setting, entry, day, full = false, goesOn = false, reachable } = props;
  const { t } = useTranslation();
  const { object, color } = setting;
  const { record } = entry.row;
  const name = setting.nameOf(entry.row);
  const tint = color?.oneOf?.find((option) => option.const === record[color.name]);
  const refusal = setting.refusalOf(record.id);
  return (
    <li
      className={full ? styles.line : styles.chip}
      data-hue={tint?.color ?? "slate"}
      data-before={entry.first < day}
      data-after={day < entry.last}
      data-moving={setting.isMoving(record.id)}
      data-testid={`calendar.entry.${record.id}`}
      onPointerDown={(event) => setting.movable && setting.onGrab(event, entry, day)}
      onDragStart={(event) => event.preventDefault()}
    >
      <div className={styles.chipTop}>
        {entry.time && entry.first === day && <time className={styles.time}>{entry.time}</time>}
        <Link
          className={styles.name}
          to={recordAddress(object, record.id)}
          state={setting.origin}
          title={full ? undefined : name}
          aria-label={goesOn ? name : undefined}
          tabIndex={reachable ? 0 : -1}
          data-entry={record.id}
        >
          {goesOn ? null : name}
        </Link>
        {setting.movable && (
          <span className={styles.mover}>
            <IconButton
              icon="calendar"
              small
              label={t("calendar.moveOf", { name })}
              onClick={() => setting.onAsk(entry)}
              testId={`calendar.entry.${record.id}.move`}
            />
          </span>
        )}
      </div>
      {full && (
        <Facts fields={filledFields(setting.fields, entry.row, factsShown)} row={entry.row} />
      )}
      {refusal && !goesOn && (
        <RefusalNote
          object={object}
          refusal={refusal}
          onFill={() => setting.onRetry(entry)}
          onClose={() => setting.onForgive(record.id)}
        />
      )}
    </li>
  );
}
