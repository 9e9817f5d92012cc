import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Tree, ViewDefinition } from "@/api/definitions";
import { checkQuery } from "@/api/expressions";
import { useCatalog } from "@/api/meta";
import { type Group, group } from "./model";
import { readFilter } from "./read";

/** What is known of the filter in force. */
export type FilterReading =
  | { readonly as: "rows"; readonly rows: Group }
  | { readonly as: "text" }
  | { readonly as: "waiting" };

/** Reads a filter's expression as rows; the view's own tree is at hand, others are checked. */
export function useFilter(object: string, view: ViewDefinition, where: string): FilterReading {
  const catalog = useCatalog();
  const known = where === view.filter ? catalog.expression(`view/${view.name}/filter`) : undefined;
  const check = useQuery({
    ...checkQuery(object, "filter", where),
    enabled: where !== "" && !known,
  });
  const tree: Tree | undefined = known ?? (check.data?.valid ? check.data.tree : undefined);
  const failed = check.isError || check.data?.valid === false;
  return useMemo(() => {
    if (where === "") return { as: "rows", rows: group("and") };
    if (!tree) return { as: failed ? "text" : "waiting" };
    const rows = readFilter(tree, (name) => catalog.field(object, name));
    return rows ? { as: "rows", rows } : { as: "text" };
  }, [where, tree, failed, catalog, object]);
}
