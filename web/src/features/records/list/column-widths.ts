import { useState } from "react";
import { keep, readKept } from "@/lib/kept";

type Widths = Readonly<Record<string, number>>;

/** The widths that this person gave the columns of an object on this device. */
export function useColumnWidths(object: string) {
  const name = `widths:${object}`;
  const [widths, setWidths] = useState<Widths>(() => parse(readKept(name)));
  const put = (next: Widths) => {
    setWidths(next);
    keep(name, Object.keys(next).length > 0 ? JSON.stringify(next) : null);
  };
  return {
    widths,
    resize: (field: string, width: number) => put({ ...widths, [field]: Math.round(width) }),
    reset: () => put({}),
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
