/** The moments that are chosen most often when something is put off. */
import type { Field } from "@/api/catalog";
import { civilDate, instantAt } from "@/lib/format";

/** One of them. */
export type Preset = "today" | "tomorrow" | "in3days" | "nextWeek";

const day = 86_400_000;

/** When people are at work, and when a day's work ends. */
const [morning, evening] = ["09:00", "18:00"];

/** The value of a date or an instant that a preset stands for, where its reader is. */
export function momentOf(preset: Preset, field: Field, timezone: string, now = new Date()): string {
  const today = civilDate(now.toISOString(), timezone);
  const date = new Date(Date.parse(today) + daysTo(preset, today) * day).toISOString().slice(0, 10);
  if (field.field === "date") return date;
  return instantAt(date, preset === "today" ? evening : morning, timezone);
}

function daysTo(preset: Preset, today: string): number {
  switch (preset) {
    case "today":
      return 0;
    case "tomorrow":
      return 1;
    case "in3days":
      return 3;
    case "nextWeek":
      return 7 - ((new Date(today).getUTCDay() + 6) % 7); // the next Monday
  }
}
