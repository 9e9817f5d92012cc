import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { useMe } from "@/api/session";
import { useDrag } from "@/components/use-drag";
import { useFormat } from "@/components/use-format";
import { usePhone } from "@/components/use-media";
import { cardFields } from "../list/facts";
import { ListFooter } from "../list/list-footer";
import { originOf } from "../list/list-state";
import { type BodyProps, ListStates } from "../list/list-states";
import type { ListRow } from "../list/use-rows";
import { useMoves } from "../move/use-moves";
import { BoardColumn } from "./board-column";
import type { CardSetting } from "./card";
import { ColumnPicker, usePicked } from "./column-picker";
import styles from "./kanban.module.css";
import { columnKey, withMoves } from "./model";
import { totalText } from "./total";
import { cardOf, positionOf, useColumns } from "./use-board";
import { useFolded } from "./use-folded";
import { useKeys } from "./use-keys";

const FillDialog = lazy(() => import("../move/fill-dialog"));

/** The records as cards in the columns of a board. */
export default function KanbanBody(props: BodyProps) {
  const catalog = useCatalog();
  const { object, state } = props;
  const group = catalog.field(object.name, state.view.group ?? "");
  return group ? <Board {...props} group={group} /> : null;
}

function Board({ group, ...props }: BodyProps & { group: Field }) {
  const { object, state } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const format = useFormat();
  const me = useMe();
  const phone = usePhone();
  const board = useRef<HTMLDivElement>(null);
  const grabbed = useRef<ListRow>(undefined);
  const [live, setLive] = useState("");
  const [filling, setFilling] = useState<ListRow | null>(null);
  const [folded, fold] = useFolded(state.view.name);

  const display = catalog.display(object.name);
  const fields = cardFields(catalog, object.name, state, [group.name]);
  const totals = (state.view.totals ?? []).flatMap(
    (name) => catalog.field(object.name, name) ?? [],
  );
  const color = catalog.field(object.name, state.view.color ?? "");
  const since = catalog.sinceField(object.name, group.name);
  const more = [color, since].flatMap((field) => field?.name ?? []);
  const wanted = [display, group.name, "version", ...more];
  const names = [...new Set([...wanted, ...fields.map((field) => field.name)])];
  const { columns: known, figures } = useColumns(object.name, state, group, totals);
  const { moves, refusals, move, forgive } = useMoves(object.name);
  const columns = withMoves(
    known,
    [...moves.values()].map(({ row, values }) => ({
      from: columnKey(row.record, group),
      to: columnKey(values, group),
    })),
  );
  const nameOf = (row: ListRow) => displayOf(row.record, display);
  const titleOf = (key: string) => columns.find((column) => column.key === key)?.title ?? "";
  const movable =
    (object.can?.update ?? false) && group.can === "write" && group.writable !== false;

  const put = async (row: ListRow, to: string, more = {}) => {
    const name = nameOf(row);
    const from = columnKey(row.record, group);
    if (from === to) return setLive(t("kanban.stays", { name, column: titleOf(from) }));
    keyboard.follow(row.record.id);
    const said = t("kanban.moved", { name, column: titleOf(to) });
    if (await move(row, { ...more, [group.name]: to || null }, said)) {
      const asked = { object: object.name, state, names, group };
      const position = positionOf(client, asked, to, row.record.id);
      const column = titleOf(to);
      setLive(position ? t("kanban.landed", { name, column, n: format.number(position) }) : said);
    } else setLive(t("kanban.returned", { name, column: titleOf(from) }));
  };
  const { drag, start } = useDrag((_, to) => {
    if (grabbed.current) void put(grabbed.current, to);
  });
  const rowOf = (id: string) => cardOf(client, object.name, id);
  const keyboard = useKeys({
    board,
    columns,
    movable,
    onLift: (id, at) => {
      const row = rowOf(id);
      if (row) setLive(t("kanban.lifted", { name: nameOf(row), column: titleOf(at) }));
    },
    onOver: (to) => {
      const column = columns.find((one) => one.key === to);
      setLive(t("kanban.over", { column: column?.title, count: column?.count ?? 0 }));
    },
    onDrop: (id, to) => {
      const row = rowOf(id);
      if (row) void put(row, to);
    },
    onCancel: (id) => {
      const row = rowOf(id);
      if (row) setLive(t("kanban.cancelled", { name: nameOf(row) }));
    },
  });
  const setting: CardSetting = {
    object: object.name,
    group,
    since,
    fields,
    color: color === group ? undefined : color,
    columns,
    origin: originOf(state),
    movable,
    nameOf,
    refusalOf: (id) => refusals.get(id),
    isMoving: (id) => moves.has(id),
    onMove: (row, to) => void put(row, to),
    onRetry: setFilling,
    onForgive: forgive,
    onGrab: (event, row) => {
      grabbed.current = row;
      start(event, row.record.id);
    },
  };
  const [picked, pick] = usePicked(columns);
  const over = keyboard.lifted?.to ?? drag?.over ?? null;
  const total = columns.reduce((sum, column) => sum + column.count, 0);
  const refusal = filling && refusals.get(filling.record.id);
  return (
    <>
      <ListStates
        {...props}
        error={figures.error}
        onRetry={() => void figures.refetch()}
        ready={figures.data !== undefined}
        empty={figures.isSuccess && !figures.isPlaceholderData && total === 0}
      >
        {phone && <ColumnPicker columns={columns} picked={picked} onPick={pick} />}
        <p id="kanban-keys" hidden>
          {t("kanban.keys")}
        </p>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys and focus come up from the cards */}
        <div
          ref={board}
          className={styles.board}
          data-drag-scroll
          data-testid="kanban"
          onKeyDown={keyboard.onKeyDown}
          onFocus={(event) => keyboard.onFocus(event.target)}
        >
          {columns
            .filter((column) => !phone || column.key === picked)
            .map((column) => (
              <BoardColumn
                key={column.key}
                setting={setting}
                state={state}
                names={names}
                column={column}
                totals={totals.map((field, at) =>
                  totalText(field, column.totals[at] ?? null, format, me.organisation.currency),
                )}
                moves={[...moves.values()]}
                current={keyboard.current}
                lifted={keyboard.lifted?.id ?? drag?.item ?? null}
                over={over === column.key}
                folded={!phone && folded.has(column.key)}
                onFold={phone ? undefined : (less) => fold(column.key, less)}
                canCreate={object.can?.create ?? false}
              />
            ))}
        </div>
      </ListStates>
      <div aria-live="assertive" className="unseen" data-testid="kanban.live">
        {live}
      </div>
      {filling && refusal && (
        <Suspense>
          <FillDialog
            object={object.name}
            row={filling}
            refusal={refusal}
            title={t("move.fillTitle", { name: nameOf(filling) })}
            save={t("move.again")}
            onClose={() => setFilling(null)}
            onMove={({ [group.name]: to, ...more }) => {
              setFilling(null);
              void put(filling, String(to ?? ""), more);
            }}
          />
        </Suspense>
      )}
      <ListFooter object={object} state={state} total={total} />
    </>
  );
}
