import type { Option } from "@/api/definitions";

/** The stages of a record, and where it is among them. */
export interface Stages {
  /** The stages on the way, in their order. */
  readonly way: readonly Option[];
  /** The stages that end it. */
  readonly ends: readonly Option[];
  /** The one it is in; undefined before the first. */
  readonly current: Option | undefined;
  /** Its place among the steps, from 0; all ends are one last step. */
  readonly at: number;
  readonly steps: number;
  /** Where it goes next: the next stage, and from the last the end that is good. */
  readonly next: Option | undefined;
}

/** Reads the stages from the options of a field and the value that a record has. */
export function stagesOf(options: readonly Option[], value: string): Stages {
  const open = options.filter((one) => one.active !== false || one.const === value);
  const way = open.filter((one) => !one.final);
  const ends = open.filter((one) => one.final);
  const current = open.find((one) => one.const === value);
  const place = way.findIndex((one) => one.const === value);
  const good = ends.find((one) => one.category === "won") ?? ends[0];
  return {
    way,
    ends,
    current,
    at: current?.final ? way.length : place,
    steps: way.length + (ends.length > 0 ? 1 : 0),
    next: current?.final ? undefined : (way[place + 1] ?? good),
  };
}

/** Whether a record has been in a stage for longer than that stage says it should. */
export function waitsTooLong(stage: Option | undefined, days: number): boolean {
  return stage?.staleAfter !== undefined && days > stage.staleAfter;
}
