import { keep, readKept } from "./kept";

/** A record that was opened. */
export interface Recent {
  readonly object: string;
  readonly id: string;
}

const name = "recent";
const most = 8;

/** The records opened last in this browser, the newest first. */
export function readRecent(): readonly Recent[] {
  const lines = readKept(name)?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [object, id] = line.split("/");
    return object && id ? { object, id } : [];
  });
}

/** Puts a record first among those opened last. */
export function addRecent(recent: Recent): void {
  const others = readRecent().filter((one) => one.id !== recent.id);
  const list = [recent, ...others].slice(0, most);
  keep(name, list.map(({ object, id }) => `${object}/${id}`).join("\n"));
}
