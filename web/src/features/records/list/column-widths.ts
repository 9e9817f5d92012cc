import { useState } from "react";
import { keep, readKept } from "@/lib/kept";

type Widths = Readonly<Record<string, number>>;

/** How wide the columns of a list are, where they are not as wide as usual. */
export interface ColumnWidths {
  readonly widths: Widths;
  readonly resize: (field: string, width: number) => void;
}

/** The widths that this person gave the columns of small lists of an object on this device. */
export function useColumnWidths(object: string): ColumnWidths {
  const name = `widths:${object}`;
  const [widths, setWidths] = useState<Widths>(() => parse(readKept(name)));
  const put = (next: Widths) => {
    setWidths(next);
    keep(name, JSON.stringify(next));
  };
  return {
    widths,
    resize: (field, width) => put({ ...widths, [field]: Math.round(width) }),
  };
}

function parse(text: string | null): Widths {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    const entries = Object.entries(value ?? {}).filter(([, width]) => typeof width === "number");
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
