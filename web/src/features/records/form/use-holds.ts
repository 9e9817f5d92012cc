import { useMemo } from "react";
import { useMe } from "@/api/session";
import type { Values } from "@/api/types";
import { useFormat } from "@/components/use-format";
import { holds } from "@/lib/expr/evaluate";
import type { Holds } from "./form-model";

/** Judges a form's conditions for the values as they now are, as the server would. */
export function useHolds(values: Values): Holds {
  const me = useMe();
  const zone = useFormat().reader.timezone;
  return useMemo(() => {
    const mine: Readonly<Record<string, unknown>> = { ...me };
    const input = {
      record: ([name = "", ...rest]: readonly string[]) => (rest.length > 0 ? null : values[name]),
      me: (name: string) => mine[name],
      now: new Date(),
      zone,
    };
    return (tree, otherwise) => (tree ? holds(tree, input) : otherwise);
  }, [values, me, zone]);
}
