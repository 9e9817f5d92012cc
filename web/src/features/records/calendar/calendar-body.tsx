import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { countQuery, displayOf } from "@/api/records";
import type { Values } from "@/api/types";
import { Dialog } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { useDrag } from "@/components/use-drag";
import { useFormat } from "@/components/use-format";
import { addDays } from "@/lib/days";
import { daysBetween } from "@/lib/format";
import { cardFields } from "../list/facts";
import { ListFooter } from "../list/list-footer";
import { originOf } from "../list/list-state";
import { type BodyProps, ListStates } from "../list/list-states";
import type { ListRow } from "../list/use-rows";
import { useMoves } from "../move/use-moves";
import { Agenda } from "./agenda";
import styles from "./calendar.module.css";
import { CalendarBar } from "./calendar-bar";
import { DayGrid } from "./day-grid";
import { EntryChip, type EntrySetting } from "./entry-chip";
import { byDay, type Entry, entryOf, valueOn, valuesOn } from "./model";
import { Undated } from "./undated";
import { useEntries, usePlace, useUndated } from "./use-calendar";

const FillDialog = lazy(() => import("../move/fill-dialog"));
const MoveDialog = lazy(() => import("./move-dialog"));

/** The records on the days of a calendar. */
export default function CalendarBody(props: BodyProps) {
  const catalog = useCatalog();
  const { object, state } = props;
  const start = catalog.field(object.name, state.view.start ?? "");
  const end = catalog.field(object.name, state.view.end ?? "");
  return start ? <Calendar {...props} start={start} end={end} /> : null;
}

function Calendar({ start, end, ...props }: BodyProps & { start: Field; end: Field | undefined }) {
  const { object, state } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const format = useFormat();
  const { timezone } = format.reader;
  const place = usePlace();
  const grabbed = useRef<{ readonly entry: Entry; readonly day: string }>(undefined);
  const [live, setLive] = useState("");
  const [asking, setAsking] = useState<Entry | null>(null);
  const [filling, setFilling] = useState<Entry | null>(null);
  const [listed, setListed] = useState<string | null>(null);

  const display = catalog.display(object.name);
  const fields = cardFields(catalog, object.name, state, [start.name, end?.name]);
  const color = catalog.field(object.name, state.view.color ?? "");
  const wanted = [display, start.name, end?.name, color?.name, "version"];
  const names = [...wanted, ...fields.map((field) => field.name)].flatMap((name) => name ?? []);
  const asked = [...new Set(names)];
  const found = useEntries(object.name, state, asked, start, end, place.days);
  const undated = useUndated(object.name, state, asked, start, place.undated);
  const total = useQuery(countQuery(object.name, { where: state.where, q: state.q }));
  const { moves, refusals, move, forgive } = useMoves(object.name);
  const known = new Map(
    [...undated.entries, ...found.entries].map((entry) => [entry.row.record.id, entry]),
  );
  const entries = [...known.values()].map((entry) => {
    const moved = moves.get(entry.row.record.id);
    if (!moved) return entry;
    const row = { ...entry.row, record: { ...entry.row.record, ...moved.values } };
    return entryOf(row, start, end, timezone);
  });
  const days = byDay(entries, place.days);
  const nameOf = (row: ListRow) => displayOf(row.record, display);
  const movable =
    (object.can?.update ?? false) && start.can === "write" && start.writable !== false;

  const put = async (entry: Entry, values: Values, day: string) => {
    const name = nameOf(entry.row);
    const said = t("calendar.moved", { name, day: format.longDay(day) });
    if (await move(entry.row, values, said)) setLive(said);
    else if (entry.first)
      setLive(t("calendar.returned", { name, day: format.longDay(entry.first) }));
    else setLive(t("calendar.stillUndated", { name }));
  };
  const { drag, start: grab } = useDrag((_, over) => {
    if (!grabbed.current) return;
    const { entry, day: from } = grabbed.current;
    // Taken by one of its later days, that is the day which comes to lie here.
    const day = from ? addDays(entry.first, daysBetween(from, over)) : over;
    if (entry.first !== day) void put(entry, valuesOn(entry, day, start, end, timezone), day);
  });
  const create = (day: string) => {
    const given = new URLSearchParams({ [start.name]: valueOn(day, start, timezone) });
    navigate(`/o/${object.name}/new?${given.toString()}`);
  };
  const onNew = object.can?.create ? create : undefined;
  const setting: EntrySetting = {
    object: object.name,
    fields,
    color,
    origin: { ...originOf(state), sort: [start.name] },
    movable,
    nameOf,
    refusalOf: (id) => refusals.get(id),
    isMoving: (id) => moves.has(id),
    onAsk: (entry) => {
      setListed(null);
      setAsking(entry);
    },
    onRetry: setFilling,
    onForgive: forgive,
    onGrab: (event, entry, day) => {
      grabbed.current = { entry, day };
      grab(event, entry.row.record.id);
    },
  };
  const refusal = filling && refusals.get(filling.row.record.id);
  return (
    <>
      <CalendarBar place={place} undated={undated.count} onNew={onNew} />
      <ListStates
        {...props}
        error={found.error}
        onRetry={() => void found.refetch()}
        ready={found.data !== undefined}
        empty={false}
      >
        {found.cut && <Notice tone="info">{t("calendar.cut")}</Notice>}
        <div className={styles.place}>
          {place.undated && (
            <Undated
              setting={setting}
              entries={entries.filter((entry) => !entry.first)}
              found={undated}
              onClose={() => place.openUndated(false)}
            />
          )}
          {place.span === "agenda" ? (
            <Agenda
              setting={setting}
              days={place.days}
              entries={days}
              today={place.today}
              onNew={onNew}
            />
          ) : (
            <DayGrid
              setting={setting}
              label={format.month(place.day)}
              span={place.span}
              days={place.days}
              entries={days}
              day={place.day}
              today={place.today}
              over={drag?.over ?? null}
              onDay={(day) => place.go({ day })}
              onMore={setListed}
              onNew={onNew}
            />
          )}
        </div>
      </ListStates>
      <div aria-live="assertive" className="unseen" data-testid="calendar.live">
        {live}
      </div>
      {listed && (
        <Dialog
          open
          title={format.longDay(listed)}
          onClose={() => setListed(null)}
          testId="calendar.listed"
        >
          <ul className={styles.lines}>
            {(days.get(listed) ?? []).map((entry) => (
              <EntryChip
                key={entry.row.record.id}
                setting={setting}
                entry={entry}
                day={listed}
                full
                reachable
              />
            ))}
          </ul>
        </Dialog>
      )}
      {asking && (
        <Suspense>
          <MoveDialog
            entry={asking}
            name={nameOf(asking.row)}
            start={start}
            end={end}
            onClose={() => setAsking(null)}
            onMove={(values, day) => {
              setAsking(null);
              void put(asking, values, day);
            }}
          />
        </Suspense>
      )}
      {filling && refusal && (
        <Suspense>
          <FillDialog
            object={object.name}
            row={filling.row}
            refusal={refusal}
            title={t("move.fillTitle", { name: nameOf(filling.row) })}
            save={t("move.again")}
            onClose={() => setFilling(null)}
            onMove={(values) => {
              setFilling(null);
              const next = { ...filling.row, record: { ...filling.row.record, ...values } };
              const at = entryOf(next, start, end, timezone).first;
              void put(filling, values, at);
            }}
          />
        </Suspense>
      )}
      <ListFooter object={object} state={state} total={total.data} />
    </>
  );
}
