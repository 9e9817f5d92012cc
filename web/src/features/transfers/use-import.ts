import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import {
  type Corrections,
  correctImport,
  type Import,
  type ImportMove,
  type ImportRow,
  importQuery,
  type listImportRows,
  type Mapping,
  startImport,
  updateImport,
} from "@/api/imports";
import { keys } from "@/api/keys";

/** Changes an import's mapping; shown at once, and sent one change after the other. */
export function useMapping(made: Import) {
  const client = useQueryClient();
  const { queryKey } = importQuery(made.id);
  return useMutation({
    mutationFn: (mapping: Mapping) => updateImport(made.id, mapping),
    scope: { id: `import:${made.id}` },
    onMutate: (mapping) => {
      client.setQueryData(queryKey, (before) => before && applied(before, mapping));
    },
    onSuccess: (answer) => client.setQueryData(queryKey, answer),
    onError: () => client.invalidateQueries({ queryKey }),
  });
}

type Pages = InfiniteData<Awaited<ReturnType<typeof listImportRows>>>;

/** Corrects rows of an import; shown at once, and sent one correction after the other. */
export function useCorrections(made: Import) {
  const client = useQueryClient();
  const { queryKey } = importQuery(made.id);
  const rows = [...keys.import(made.id), "rows"];
  return useMutation({
    mutationFn: (corrections: Corrections) => correctImport(made.id, corrections),
    scope: { id: `import:${made.id}` },
    onMutate: (corrections) => {
      client.setQueriesData<Pages>({ queryKey: rows }, (before) => {
        if (!before?.pages) return before;
        const pages = before.pages.map((page) => ({
          ...page,
          data: page.data.map((row) => corrected(row, corrections)),
        }));
        return { ...before, pages };
      });
    },
    onSuccess: (answer) => client.setQueryData(queryKey, answer),
    // What the file says is known to the server only.
    onSettled: (_, failed, corrections) => {
      const withdrawn = corrections.rows?.some((row) =>
        Object.values(row.values ?? {}).includes(null),
      );
      if (failed || withdrawn) void client.invalidateQueries({ queryKey: rows });
    },
  });
}

/** A row as it stands with corrections. */
function corrected(row: ImportRow, corrections: Corrections): ImportRow {
  const change = corrections.rows?.find((one) => one.row === row.row);
  if (!change) return row;
  const texts = Object.entries(change.values ?? {}).flatMap(([name, text]) =>
    text === null ? [] : [[name, text] as const],
  );
  return {
    ...row,
    values: { ...row.values, ...Object.fromEntries(texts) },
    corrected: [...new Set([...row.corrected, ...texts.map(([name]) => name)])],
    left_out: change.left_out ?? row.left_out,
    unchecked: true,
  };
}

/** Starts the check, the import or its undoing, or stops or ends what is under way. */
export function useStart(made: Import, what: ImportMove) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => startImport(made.id, what),
    onSuccess: (answer) => {
      client.setQueryData(importQuery(made.id).queryKey, answer);
      client.removeQueries({ queryKey: [...keys.import(made.id), "rows"] });
      void client.invalidateQueries({ queryKey: keys.records(made.object) });
    },
  });
}

function applied(before: Import, mapping: Mapping): Import {
  const changes = new Map(mapping.columns?.map((column) => [column.index, column]));
  return {
    ...before,
    ...(mapping.match && { match: mapping.match }),
    columns: before.columns.map((column) => ({ ...column, ...changes.get(column.index) })),
  };
}
