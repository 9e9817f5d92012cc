import { queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import { keys } from "./keys";

/** The days of the week, from Monday, as calendars call them. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** One of them. */
export type Weekday = (typeof weekdays)[number];

/** An open stretch of a day: 09:00 to 18:00; a day ends with 24:00. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
}

/** Days on which something else holds than the week says. */
export interface Exception {
  readonly from: string;
  readonly to?: string;
  readonly type: "off" | "work";
  readonly hours?: readonly Stretch[];
  readonly title?: string;
}

/** A calendar as it is stored. */
export interface CalendarDefinition {
  readonly kind: "calendar";
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly timezone?: string;
  readonly hours: Readonly<Partial<Record<Weekday, readonly Stretch[]>>>;
  readonly exceptions?: readonly Exception[];
}

/** The texts of definitions in one language. */
export interface Texts {
  readonly kind: "translation";
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** All calendars as they are stored, with what they are called elsewhere, and the revision. */
export interface Calendars {
  readonly revision: number;
  readonly calendars: readonly CalendarDefinition[];
  readonly texts: readonly Texts[];
}

/** The calendars, for who shapes the product. */
export const calendarsQuery = queryOptions({
  queryKey: keys.calendars,
  queryFn: async ({ signal }): Promise<Calendars> => {
    const raw = { query: { raw: "true" }, signal };
    // First, so that what follows is of this revision or of a later one, and nothing is overwritten.
    const meta = await requestData<{ revision: number }>("GET", "/meta", { signal });
    const [calendars, texts] = await Promise.all([
      requestData<readonly CalendarDefinition[]>("GET", "/meta/calendar", raw),
      requestData<readonly Texts[]>("GET", "/meta/translation", raw),
    ]);
    return { revision: meta.revision, calendars, texts };
  },
});

/** A change of calendars that is not made yet. */
export interface CalendarChange {
  readonly base: number;
  readonly definitions: readonly (CalendarDefinition | Texts)[];
  readonly delete: readonly { readonly kind: "calendar"; readonly name: string }[];
}

/** What a change would do. */
export interface CalendarPlan {
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly summary: string;
    readonly rows: number;
  }[];
  readonly warnings: readonly { readonly pointer: string; readonly message: string }[];
}

/** Asks what a change would do, and whether it can be. */
export function planQuery(change: CalendarChange) {
  return queryOptions({
    queryKey: keys.calendarPlan(change),
    queryFn: ({ signal }) =>
      requestData<CalendarPlan>("POST", "/meta/_plan", { body: change, signal }),
    staleTime: 0,
    retry: false,
  });
}

/** Makes a change of calendars. */
export function applyCalendars(change: CalendarChange): Promise<{ revision: number }> {
  return requestData("POST", "/meta/_apply", { body: change });
}

/** A day, or days on end, that a file of holidays tells of. */
export interface Holiday {
  readonly from: string;
  readonly to: string;
  readonly type: "off" | "work";
  readonly title: string;
}

/** What a file of holidays says, and how many of its events a calendar cannot have. */
export interface Holidays {
  readonly days: readonly Holiday[];
  readonly skipped: number;
}

/** Reads a file of holidays (.ics); nothing is changed by it. */
export function readHolidays(text: string): Promise<Holidays> {
  return requestData("POST", "/calendars/holidays", { body: { text } });
}
