import type { QueryKey } from "@tanstack/react-query";
import { useRef } from "react";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import type { Area } from "@/components/grid/area";
import type { Exchange } from "@/components/grid/model";
import { useCellSaves } from "../edit/use-cell-saves";
import type { ListState } from "../list/list-state";
import type { Rows } from "../list/use-rows";
import { useCopy } from "./use-copy";
import { usePaste } from "./use-paste";

const nowhere = () => false;

/** What can be done with the cells of a list: changed one by one, copied and pasted. */
export function useCells(
  object: ObjectDefinition,
  state: ListState,
  rows: Rows,
  {
    isHeading = nowhere,
    about,
  }: { readonly isHeading?: (row: number) => boolean; readonly about?: QueryKey } = {},
) {
  const catalog = useCatalog();
  const saves = useCellSaves(object.name, about);
  const columns = state.columns.flatMap(({ field }) => catalog.field(object.name, field) ?? []);
  const grid = { object, columns, rows, isHeading, saves };
  const { onMark, onCopy, onCopyRows } = useCopy(grid);
  const paste = usePaste(grid);
  const { onPaste, onFill } = paste;
  const marked = useRef<Area | null>(null);
  const hear = useRef((area: Area | null) => {
    marked.current = area;
    onMark(area);
  });
  const exchange: Exchange = { onMark: hear.current, onCopy, onPaste, onFill };
  return { saves, exchange, paste, marked, onCopyRows };
}

/** What the hook gives. */
export type Cells = ReturnType<typeof useCells>;
