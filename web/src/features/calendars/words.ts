import type { TFunction } from "i18next";
import type { CalendarDefinition, Stretch, Texts } from "@/api/calendars";
import { type DayRule, type DayState, dayOf, type Plan } from "./model";

/** What a calendar is called in a language. */
export function titleOf(
  calendar: CalendarDefinition,
  texts: readonly Texts[],
  language: string,
): string {
  const path = `calendar/${calendar.name}/title`;
  const said = texts.find((one) => one.name === language)?.texts[path];
  return said ?? calendar.title ?? calendar.name;
}

/** What the days of a rule are called in a language. */
export const nameOf = (rule: DayRule | undefined, language: string): string =>
  rule?.other?.[language] ?? rule?.title ?? "";

/** Hours as one reads them: 09:00–12:00, 13:00–18:00. */
export const hoursText = (hours: readonly Stretch[]): string =>
  hours.map(({ from, to }) => `${from}–${to}`).join(", ");

/** What a day is, for who does not see it: the kind of day, its hours, its name. */
export function dayText(plan: Plan, day: string, language: string, t: TFunction): string {
  const { state, hours } = dayOf(plan, day);
  const words = [t(`calendars.state.${state}`), nameOf(plan.days.get(day), language)];
  if (state !== "work") words.push(hoursText(hours));
  return words.filter(Boolean).join(t("calendars.between"));
}

/** A short word on a day that the week does not explain. */
export function markOf(state: DayState, t: TFunction): string {
  return state === "work" || state === "rest" ? "" : t(`calendars.mark.${state}`);
}

/** The kinds of day in the order in which they are explained. */
export const states: readonly DayState[] = ["work", "rest", "off", "extra", "part"];
