import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Import, importQuery, type Mapping, startImport, updateImport } from "@/api/imports";
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

/** Starts the check, the import or its undoing. */
export function useStart(made: Import, what: "plan" | "run" | "undo") {
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
