import { useMemo } from "react";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { Values } from "@/api/types";
import { useFormat } from "@/components/use-format";
import type { Holds } from "./form-model";
import { judgeOf } from "./rules";

/** Judges a form's conditions for the values as they now are, as the server would. */
export function useHolds(object: string, values: Values): Holds {
  const me = useMe();
  const catalog = useCatalog();
  const zone = useFormat().reader.timezone;
  const judge = useMemo(() => judgeOf({ catalog, me, zone }, object), [catalog, me, zone, object]);
  return useMemo(() => judge(values), [judge, values]);
}
