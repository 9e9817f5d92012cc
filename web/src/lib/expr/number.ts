import { Decimal } from "decimal.js";

// As many digits as make every sum, product and remainder of two numbers exact, and every quotient
// so close that rounding it again cannot go wrong.
const Exact = Decimal.clone({ precision: 120, rounding: Decimal.ROUND_HALF_UP });

const places = 16;
const limit = new Exact("1e28");

/** Reads a number of the wire, or one that is being typed; null when it is none. */
export function toNumber(wire: unknown): Decimal | null {
  if (typeof wire === "number") return Number.isFinite(wire) ? new Exact(wire) : null;
  return typeof wire === "string" && /^-?\d+(\.\d+)?$/.test(wire) ? new Exact(wire) : null;
}

/** The number that a text writes, within the digits that numbers may have. */
export function numberOf(text: string): Decimal | null {
  return /^-?\d{1,28}(\.\d{1,16})?$/.test(text) ? new Exact(text) : null;
}

/** Rounds to 16 digits after the point; beyond 28 before it there is no number. */
export function bounded(number: Decimal, digits = places): Decimal | null {
  const rounded = number.toDecimalPlaces(digits);
  return rounded.abs().gte(limit) ? null : rounded;
}

/** A number that is an ordinary one of JavaScript. */
export const whole = (n: number): Decimal => new Exact(n);

/** Writes a number without an exponent and without trailing zeros. */
export const writeNumber = (number: Decimal): string => (number.isZero() ? "0" : number.toFixed());
