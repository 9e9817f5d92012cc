import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { type Area, isMarked, mostMarked } from "@/components/grid/area";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { writeSheet, writeTable } from "@/lib/sheet";
import { cellForSheet } from "./cell-words";
import { type CellGrid, recordRows } from "./grid";

const restBeforeFetching = 150;

type Into = Pick<DataTransfer, "setData">;

/** Copies the marked cells of a grid for a spreadsheet, in the words that one sees. */
export function useCopy(grid: CellGrid) {
  const { columns, rows, saves } = grid;
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const latest = useRef({ rows, saves, t });
  useEffect(() => {
    latest.current = { rows, saves, t };
  });
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(resting.current), []);

  const onMark = useCallback((area: Area | null) => {
    clearTimeout(resting.current);
    if (!area || !isMarked(area)) return;
    const size = { rows: area.bottom - area.top + 1, columns: area.right - area.left + 1 };
    latest.current.saves.say(latest.current.t("cells.marked", size));
    // What is marked is fetched, so that it is there in the one moment in which it can be copied.
    resting.current = setTimeout(() => {
      latest.current.rows.rowsFrom(area.top, area.bottom).catch(() => undefined);
    }, restBeforeFetching);
  }, []);

  /** Puts cells where they are pasted from; false when there are none. */
  const copy = (found: readonly number[], some: readonly Field[], into: Into): boolean => {
    const lines = found.flatMap((at) => {
      const row = rows.knownAt(at);
      if (!row) return [];
      const context = { format, t, included: row.included };
      return [some.map((field) => cellForSheet(field, row.record[field.name], context))];
    });
    if (lines.length < found.length) {
      toast({ text: t("cells.fetching") });
      return true;
    }
    const count = lines.length * some.length;
    if (count === 0) return false;
    into.setData("text/plain", writeSheet(lines));
    into.setData("text/html", writeTable(lines));
    toast({ text: t("cells.copied", { count, n: format.number(count) }) });
    return true;
  };
  return {
    onMark,
    onCopy: (area: Area, into: Into) =>
      copy(recordRows(grid, area.top, area.bottom), columns.slice(area.left, area.right + 1), into),
    /** Copies the rows that are chosen, of those that were fetched. */
    onCopyRows: (has: (row: number) => boolean, into: Into) => {
      const all = recordRows(grid, 0, Number.POSITIVE_INFINITY, mostMarked);
      return copy(all.filter(has), columns, into);
    },
  };
}
