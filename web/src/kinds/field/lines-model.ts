import type { Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";
import { evaluateWire } from "@/lib/expr/evaluate";
import { toNumber, whole, writeNumber } from "@/lib/expr/number";
import { isComputed } from "./line-columns";
import { inputOf, type Reading } from "./reading";

/** A line with its formulas as they come out for what it has now. */
export function computedLine(reading: Reading, object: string, line: Values): Values {
  const computed: Record<string, Value> = {};
  for (const { name } of reading.catalog.fields(object).filter(isComputed)) {
    const formula = reading.catalog.expression(`object/${object}/properties/${name}/expression`);
    if (!formula) continue;
    computed[name] = evaluateWire(formula, inputOf(reading, object, { ...line, ...computed }));
  }
  return { ...line, ...computed };
}

/** The sums of the computed figures of some lines, by column. */
export function totalsOf(columns: readonly Field[], lines: readonly Values[]): Values {
  const summed = columns.filter(
    (one) => isComputed(one) && ["integer", "decimal"].includes(one.field),
  );
  return Object.fromEntries(
    summed.map(({ name }) => {
      const known = lines.flatMap((line) => toNumber(line[name] ?? null) ?? []);
      return [name, writeNumber(known.reduce((sum, one) => sum.plus(one), whole(0)))];
    }),
  );
}
