import type { Catalog } from "@/api/catalog";
import type { Me, Values } from "@/api/types";
import type { Input } from "@/lib/expr/node";
import { textsOf } from "./document";
import type { Looks } from "./look";

/** Who reads values, and where. */
export interface Reading extends Looks {
  readonly catalog: Catalog;
  readonly me: Me;
  readonly zone: string;
}

/** What expressions read of a record that is being entered. What only the server knows of it is null. */
export function inputOf(
  { catalog, me, zone, lookOf }: Reading,
  object: string,
  values: Values,
): Input {
  const mine: Readonly<Record<string, unknown>> = { ...me };
  return {
    record: ([name = "", ...rest]) => {
      const [owner = "", part] = name.split("__");
      const value = values[owner] ?? null;
      if (rest.length > 0 || value === null) return null;
      if (part) return textsOf(value)[part];
      const field = catalog.field(object, name);
      const words = field && lookOf(field).words;
      return words ? words(value, me.organisation.currency) : value;
    },
    me: (name) => mine[name],
    now: new Date(),
    zone,
  };
}
