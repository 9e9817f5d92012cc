/** Mentions of people in a text: `@[id]` where it is kept, `@Name` where it is typed and read. */

/** Names by id. */
export type Named = Readonly<Record<string, string>>;

const kept = /@\[([0-9a-f-]{36})\]/g;

/** A part of a text: plain, or the mention of a person. */
export interface TextPart {
  readonly text: string;
  readonly person?: string;
}

/** A kept text as its parts, in which people have the names that are known. */
export function partsOf(text: string, named: Named): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const found of text.matchAll(kept)) {
    const id = found[1] ?? "";
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: `@${named[id] ?? "…"}`, person: id });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** A kept text as one types it. */
export function typedText(text: string, named: Named): string {
  return partsOf(text, named)
    .map((part) => (part.person && !named[part.person] ? `@[${part.person}]` : part.text))
    .join("");
}

/** A typed text as it is kept: the names of those who were chosen become mentions of them. */
export function keptText(text: string, named: Named): string {
  const longest = Object.entries(named).sort(([, a], [, b]) => b.length - a.length);
  return longest.reduce((so, [id, name]) => so.replaceAll(`@${name}`, `@[${id}]`), text);
}

/** What is being typed behind an @ right before the caret; null when nobody is being mentioned. */
export function mentionAt(text: string, caret: number): string | null {
  const found = /(^|[^\w@])@([^\s@]{0,40})$/.exec(text.slice(0, caret));
  return found ? (found[2] ?? "") : null;
}
