import type { Field } from "@/api/catalog";
import { mayWrite } from "@/api/types";
import type { Card } from "./card";

/** A value that a card gives to a field. */
export interface Finding {
  readonly field: Field;
  readonly value: string;
}

/** What a card says of an object's fields: by their kinds, and by what texts mean. */
export function findingsOf(fields: readonly Field[], card: Card): readonly Finding[] {
  const open = fields.filter((field) => mayWrite(field.can) && field.writable !== false);
  const numbers = [...card.phones];
  const findings = open.flatMap((field) => {
    const value = field.field === "phone" ? numbers.shift() : told(field, card);
    return value === undefined ? [] : [{ field, value: value.slice(0, field.maxLength) }];
  });
  // Each but the numbers is there once: what a second field of the kind is for, nobody knows.
  return findings.filter(({ field }, at) => {
    return field.field === "phone" || findings.findIndex((one) => same(one.field, field)) === at;
  });
}

function told(field: Field, card: Card): string | undefined {
  if (field.field === "email") return card.email;
  if (field.field === "url") return card.url;
  return field.means && card[field.means];
}

function same(a: Field, b: Field): boolean {
  return a.field === b.field && a.means === b.means;
}

const fewest = 2;

/** Whether a card has so much to say that one is asked about it. */
export function isCard(findings: readonly Finding[]): boolean {
  return findings.length >= fewest;
}

/** Whether an object has fields that a card can fill. */
export function takesCards(fields: readonly Field[]): boolean {
  const can = fields.filter((field) => mayWrite(field.can) && field.writable !== false);
  const kinds = can.map((field) => field.means ?? field.field);
  return kinds.includes("person") || kinds.includes("company");
}
