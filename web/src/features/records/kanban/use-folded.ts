import { useState } from "react";
import { keep, readKept } from "@/lib/kept";

/** Which columns of a board are folded, kept in this browser. */
export function useFolded(view: string) {
  const name = `kanban.folded.${view}`;
  const [folded, setFolded] = useState(
    () => new Set((readKept(name) ?? "").split(",").filter((key) => key !== "")),
  );
  const fold = (key: string, less: boolean) => {
    const next = new Set(folded);
    if (less) next.add(key);
    else next.delete(key);
    keep(name, [...next].join(","));
    setFolded(next);
  };
  return [folded, fold] as const;
}
