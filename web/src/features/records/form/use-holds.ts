import { useCallback, useMemo } from "react";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { Values } from "@/api/types";
import { useFormat } from "@/components/use-format";
import { textsOf } from "@/kinds/field/document";
import { lookOf } from "@/kinds/field/kinds";
import { holds } from "@/lib/expr/evaluate";
import type { Holds } from "./form-model";

/** Judges a form's conditions for the values as they now are, as the server would. */
export function useHolds(object: string, values: Values): Holds {
  const judge = useJudge(object);
  return useMemo(() => judge(values), [judge, values]);
}

/** The same for the values of any record. */
export function useJudge(object: string): (values: Values) => Holds {
  const me = useMe();
  const catalog = useCatalog();
  const zone = useFormat().reader.timezone;
  return useCallback(
    (values) => {
      const mine: Readonly<Record<string, unknown>> = { ...me };
      const input = {
        record: ([name = "", ...rest]: readonly string[]) => {
          const [owner = "", part] = name.split("__");
          const value = values[owner] ?? null;
          if (rest.length > 0 || value === null) return null;
          if (part) return textsOf(value)[part];
          const words = lookOf(catalog.field(object, name) ?? { field: "" }).words;
          return words ? words(value) : value;
        },
        me: (name: string) => mine[name],
        now: new Date(),
        zone,
      };
      return (tree, otherwise) => (tree ? holds(tree, input) : otherwise);
    },
    [me, zone, catalog, object],
  );
}
