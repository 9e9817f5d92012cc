import { useNavigate } from "react-router";
import { useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { usePhone } from "@/components/use-media";
import { summable } from "../group/model";
import { useGroups } from "../group/use-groups";
import { useHeadings } from "../group/use-headings";
import { useWaiting } from "../outbox/use-waiting";
import { useCells } from "../paste/use-cells";
import { recordAddress } from "../record/neighbours";
import { ListCards } from "./list-cards";
import { ListFooter } from "./list-footer";
import { ListGrid } from "./list-grid";
import { nextSort, originOf } from "./list-state";
import { type BodyProps, ListStates } from "./list-states";
import { useSelection } from "./use-selection";

/** The records as a table, and on a phone one below the other. */
export default function TableBody(props: BodyProps) {
  const { object, state, onChange } = props;
  const catalog = useCatalog();
  const navigate = useNavigate();
  const phone = usePhone();
  const display = catalog.display(object.name);
  const shown = state.columns.flatMap(({ field }) => catalog.field(object.name, field) ?? []);
  const fields = [...new Set([display, ...shown.map((field) => field.name)])];
  const sums = shown.filter(summable);
  const grouped = useGroups(object.name, phone ? { ...state, group: "" } : state, fields, sums);
  const waiting = useWaiting(object.name);
  const { rows } = grouped;
  const { headingAt, totals } = useHeadings(object.name, grouped, sums);
  const idAt = (index: number) => rows.rowAt(index)?.record.id;
  const selection = useSelection(rows.total ?? 0, idAt, `${state.where}\n${state.q}`);
  const cells = useCells(object, state, rows, {
    isHeading: (row) => headingAt?.(row) !== undefined,
  });
  const origin = originOf(state);
  const rowAt = (index: number) => {
    const row = rows.rowAt(index);
    return row && { ...row, record: waiting.over(row.record) };
  };
  const listProps = {
    object,
    state,
    rows: { ...rows, rowAt },
    origin,
    claim: props.claim,
    nameOf: (row: { record: Parameters<typeof displayOf>[0] }) => displayOf(row.record, display),
  };
  return (
    <>
      <ListStates
        {...props}
        error={rows.error}
        onRetry={rows.retry}
        ready={rows.length !== undefined}
        empty={rows.counted && rows.total === 0}
      >
        {phone ? (
          <ListCards {...listProps} />
        ) : (
          <ListGrid
            {...listProps}
            selection={selection}
            cells={cells}
            headingAt={headingAt}
            columnWidths={{
              widths: state.widths,
              resize: (field, width) =>
                onChange({ widths: { ...state.widths, [field]: Math.round(width) } }),
            }}
            onOpen={(id) => navigate(recordAddress(object.name, id), { state: origin })}
            onSort={(field, additive) => onChange({ sort: nextSort(state.sort, field, additive) })}
          />
        )}
      </ListStates>
      <ListFooter
        object={object}
        state={state}
        total={rows.total}
        selection={selection}
        cells={phone ? undefined : cells}
        totals={totals}
        groupsShown={grouped.cut}
      />
    </>
  );
}
