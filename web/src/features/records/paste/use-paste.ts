import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { faultText } from "@/components/fault-view";
import type { Area } from "@/components/grid/area";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { type BulkProgress, perform, takeBack } from "../bulk/work";
import { type CellGrid, recordRows, recordsAt } from "./grid";
import { landing, type Size } from "./landing";
import type { Given, PastePlan } from "./plan";

/** The most cells that are pasted without being shown before. */
const fewCells = 20;
const longestText = 2_000_000;
const mostRows = 5_000;

/** How far a paste has come: checked, to be agreed to, or being done. */
export type Pasting =
  | { readonly kind: "asking"; readonly plan: PastePlan }
  | { readonly kind: "checking" | "running"; readonly progress: BulkProgress | null };

/** What is pasted, once it is known into which columns. */
interface Block extends Size {
  readonly read: (
    columns: readonly Field[],
    signal: AbortSignal,
  ) => Promise<readonly (readonly Given[])[]>;
}

/** Pastes what comes from a spreadsheet: looked at before, and taken back as one. */
export function usePaste(grid: CellGrid) {
  const { t } = useTranslation();
  const toast = useToast();
  const plan = usePlan(grid);
  const perform = usePerform(grid);
  const { pasting, attempt, show, cancel } = useAttempts();
  const shown = (kind: "checking" | "running", cells: number) => (progress: BulkProgress) => {
    if (cells > fewCells) show({ kind, progress });
  };
  const run = (planned: PastePlan) =>
    attempt(async (signal) => {
      await perform(planned, shown("running", planned.cells), signal);
      return null;
    });
  const begun = async (area: Area, block: Block, signal: AbortSignal): Promise<Pasting | null> => {
    const planned = await plan(area, block, (cells) => shown("checking", cells), signal);
    if (signal.aborted) return null;
    const { refused, rowsLeft, columnsLeft, operations, cells } = planned;
    const smooth = refused.length + rowsLeft + columnsLeft === 0;
    if (smooth && operations.length === 0) {
      toast({ text: t("cells.same") });
      return null;
    }
    if (!smooth || cells > fewCells) return { kind: "asking", plan: planned };
    await perform(planned, () => undefined, signal);
    return null;
  };
  const begin = (area: Area, block: Block) => attempt((signal) => begun(area, block, signal));
  const onPaste = (area: Area, text: string) => {
    if (text === "") return toast({ text: t("cells.nothing") });
    if (text.length > longestText) return toast({ text: t("cells.tooMuch") });
    void attempt(async (signal) => begun(area, await blockOf(grid.object.name, text), signal));
  };
  const onFill = (area: Area) => {
    const alone = area.top === area.bottom;
    const from = grid.rows.knownAt(alone ? area.top - 1 : area.top);
    if (!from) return toast({ text: t("cells.nothingAbove") });
    const given = (field: Field): Given => {
      return { value: from.record[field.name] ?? null, included: from.included };
    };
    void begin(alone ? area : { ...area, top: area.top + 1 }, {
      rows: 1,
      columns: area.right - area.left + 1,
      read: async (columns) => [columns.map(given)],
    });
  };
  return {
    onPaste,
    onFill,
    pasting,
    run: (planned: PastePlan) => void run(planned),
    cancel,
  };
}

/** What the hook gives. */
export type Paste = ReturnType<typeof usePaste>;

/** One paste at a time: a new one ends the one before, and what goes wrong is said. */
function useAttempts() {
  const { t } = useTranslation();
  const toast = useToast();
  const [pasting, show] = useState<Pasting | null>(null);
  const stop = useRef<AbortController>(undefined);
  const attempt = async (work: (signal: AbortSignal) => Promise<Pasting | null>) => {
    stop.current?.abort();
    const control = new AbortController();
    stop.current = control;
    try {
      const next = await work(control.signal);
      if (!control.signal.aborted) show(next);
    } catch (error) {
      if (control.signal.aborted) return;
      show(null);
      toast({ text: faultText(error, t) });
    }
  };
  /** Ends it; what is done by then stays done, and can be undone. */
  const cancel = () => {
    stop.current?.abort();
    show(null);
  };
  return { pasting, attempt, show, cancel };
}

async function blockOf(object: string, text: string): Promise<Block> {
  const [{ readSheet }, { readBlock }] = await Promise.all([
    import("@/lib/sheet"),
    import("./plan"),
  ]);
  const sheet = readSheet(text);
  const width = Math.max(...sheet.slice(0, mostRows).map((row) => row.length));
  return {
    rows: sheet.length,
    columns: width,
    read: (columns, signal) => {
      const lines = sheet.slice(0, mostRows).map((row) => {
        return columns.slice(0, width).map((_, at) => row[at] ?? "");
      });
      return readBlock(object, columns.slice(0, width), lines, signal);
    },
  };
}

/** Works out what a paste would do. */
function usePlan(grid: CellGrid) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { object } = grid;
  const me = useMe();
  const zone = format.reader.timezone;
  return async (
    area: Area,
    block: Block,
    shown: (cells: number) => (progress: BulkProgress) => void,
    signal: AbortSignal,
  ): Promise<PastePlan> => {
    const marked = recordRows(grid, area.top, area.bottom);
    const wanted = Math.min(mostRows, Math.max(block.rows, marked.length));
    const room = recordRows(grid, area.top, Number.POSITIVE_INFINITY, wanted);
    const { rowsLeft, columnsLeft, ...size } = landing(
      { rows: marked.length, columns: area.right - area.left + 1 },
      block,
      { rows: room.length, columns: grid.columns.length - area.left },
    );
    const columns = grid.columns.slice(area.left, area.left + size.columns);
    const given = await block.read(columns, signal);
    const rows = await recordsAt(grid, room.slice(0, size.rows));
    // What only those need who paste comes when they do.
    const [{ planPaste }, { rulesOf }] = await Promise.all([
      import("./plan"),
      import("../form/rules"),
    ]);
    const judge = rulesOf({ t, catalog, me, zone }, object.name);
    const fields = catalog.fields(object.name);
    const list = (names: readonly string[]) => format.list(names);
    const cells = size.rows * size.columns;
    const planned = await planPaste(
      { object, fields, columns, rows, judge, t, list },
      (row, column) => given[row % block.rows]?.[column % block.columns],
      shown(cells),
      signal,
    );
    return { ...planned, rowsLeft, columnsLeft, cells };
  };
}

/** Does what a paste is to do, and says so with the way back. */
function usePerform({ object, saves }: CellGrid) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const n = (count: number) => ({ count, n: format.number(count) });
  return async (
    { operations }: PastePlan,
    onProgress: (progress: BulkProgress) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      const steps = await perform(object.name, operations, onProgress, signal);
      const back = async () => {
        const failed = await takeBack(object.name, steps, "update");
        await saves.refresh();
        const text = failed > 0 ? t("bulk.notUndone", n(failed)) : t("cell.undone");
        saves.say(text);
        toast({ text });
      };
      const left = operations.length - steps.length;
      const text =
        left > 0
          ? t("cells.pastedBut", { ...n(steps.length), left: format.number(left) })
          : t("cells.pasted", n(steps.length));
      saves.say(text);
      if (steps.length === 0) return toast({ text });
      saves.remember(back);
      toast({ text, action: { label: t("action.undo"), perform: () => void saves.undo(back) } });
    } finally {
      await saves.refresh();
    }
  };
}
