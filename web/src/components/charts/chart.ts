/** One place on a chart: what it is, its values, and where one goes to see what is behind it. */
export interface ChartPoint {
  readonly key: string;
  readonly label: string;
  /** What an axis calls it, where that has little room. */
  readonly short?: string;
  readonly values: readonly (number | null)[];
  /** The values as they are read. */
  readonly texts: readonly string[];
  readonly to?: string;
}

/** What every chart is drawn from. */
export interface ChartProps {
  /** What each of a point's values is called. */
  readonly series: readonly string[];
  readonly points: readonly ChartPoint[];
}

const colourCount = 8;

/** The colour of a series, as CSS. */
export function seriesColour(index: number): string {
  return `var(--chart-${(index % colourCount) + 1})`;
}

/** The largest value there is to draw, at least zero. */
export function largest(points: readonly ChartPoint[]): number {
  return Math.max(0, ...points.flatMap((point) => point.values.map((value) => value ?? 0)));
}

/** The smallest value there is to draw, at most zero. */
export function smallest(points: readonly ChartPoint[]): number {
  return Math.min(0, ...points.flatMap((point) => point.values.map((value) => value ?? 0)));
}

/** Round numbers from zero to the first beyond a value, for the lines of a scale: 0, 5, 10. */
export function ticksTo(value: number): readonly number[] {
  if (!(value > 0)) return [0, 1];
  const steps = [1, 2, 2.5, 5, 10];
  const rough = value / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fine = steps.find((step) => step * power >= rough) ?? 10;
  const step = Number.isInteger(value) ? Math.max(1, Math.ceil(fine * power)) : fine * power;
  return Array.from({ length: Math.ceil(value / step) + 1 }, (_, index) => index * step);
}

/** Of so many labels, those that have room: so many, evenly apart, the last one always. */
export function spaced(count: number, room: number): (index: number) => boolean {
  const apart = Math.max(1, Math.ceil(count / Math.max(1, room)));
  return (index) => (count - 1 - index) % apart === 0;
}
