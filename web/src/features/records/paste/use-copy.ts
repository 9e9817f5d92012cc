import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Area, isMarked } from "@/components/grid/area";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { writeSheet, writeTable } from "@/lib/sheet";
import { cellForSheet } from "./cell-words";
import { type CellGrid, recordRows } from "./grid";

const restBeforeFetching = 150;

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

  /** The marked cells as a spreadsheet has them; null while they are still being fetched. */
  const cellsOf = (area: Area): string[][] | null => {
    const some = columns.slice(area.left, area.right + 1);
    const found = recordRows(grid, area.top, area.bottom).map((row) => rows.knownAt(row));
    const lines = found.flatMap((row) => {
      if (!row) return [];
      const context = { format, t, included: row.included };
      return [some.map((field) => cellForSheet(field, row.record[field.name], context))];
    });
    return lines.length === found.length ? lines : null;
  };
  const onCopy = (area: Area, into: Pick<DataTransfer, "setData">): boolean => {
    const cells = cellsOf(area);
    if (!cells) {
      toast({ text: t("cells.fetching") });
      return true;
    }
    const count = cells.reduce((sum, row) => sum + row.length, 0);
    if (count === 0) return false;
    into.setData("text/plain", writeSheet(cells));
    into.setData("text/html", writeTable(cells));
    toast({ text: t("cells.copied", { count, n: format.number(count) }) });
    return true;
  };
  return { onMark, onCopy };
}
