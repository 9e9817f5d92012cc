import type { IconName } from "@/components/icon";
import { pinyinInitials } from "@/lib/pinyin";

/** Something that can be done by its name. */
export interface Command {
  readonly key: string;
  readonly label: string;
  readonly icon: IconName;
  /** What else it is called: in the other language, or by its code. */
  readonly also?: string | undefined;
  /** More about it, beside its name. */
  readonly note?: string | undefined;
  /** Where it leads, if it does. */
  readonly to?: string;
  readonly perform: () => void;
}

/** Where G and a letter lead. */
export interface KeyPlace {
  readonly letter: string;
  readonly label: string;
  readonly to: string;
}

/**
 * The commands that a typed text means: by their words in either language, or by the initials of
 * their pinyin.
 */
export function matching(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.flatMap((command) => {
    const label = command.label.toLowerCase();
    const text = `${label}\n${command.also?.toLowerCase() ?? ""}`;
    const initials = pinyinInitials(text).replace(/[^\p{L}\p{N}\n]/gu, "");
    const all = words.every((word) => text.includes(word) || initials.includes(word));
    return all ? { command, rank: label.startsWith(words[0] ?? "") ? 0 : 1 } : [];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ command }) => command);
}
