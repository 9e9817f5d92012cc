/** Options that lie below each other. */

/** An option of a tree. */
export interface TreeOption {
  readonly const: string;
  readonly title: string;
  readonly parent?: string;
}

/** An option with those below it. */
export interface Branch {
  readonly value: string;
  readonly label: string;
  readonly children?: readonly Branch[];
}

const indexes = new WeakMap<readonly TreeOption[], ReadonlyMap<string, TreeOption>>();

function indexOf(options: readonly TreeOption[]): ReadonlyMap<string, TreeOption> {
  const known = indexes.get(options);
  if (known) return known;
  const made = new Map(options.map((option) => [option.const, option]));
  indexes.set(options, made);
  return made;
}

/** An option and those above it, the highest first; none for a code that is no option. */
export function optionLine(options: readonly TreeOption[], code: string): readonly TreeOption[] {
  const index = indexOf(options);
  const line: TreeOption[] = [];
  for (let at = index.get(code); at && line.length < 8; at = index.get(at.parent ?? "")) {
    line.unshift(at);
  }
  return line;
}

/** The titles down to an option; a code that is no longer one stays readable. */
export function optionPath(options: readonly TreeOption[], code: string): string {
  return (
    optionLine(options, code)
      .map((option) => option.title)
      .join(" / ") || code
  );
}

/** The options as branches; one whose parent is left out stands at the top. */
export function branchesOf(options: readonly TreeOption[]): readonly Branch[] {
  const index = indexOf(options);
  const below = new Map<string, TreeOption[]>();
  for (const option of options) {
    const parent = option.parent && index.has(option.parent) ? option.parent : "";
    below.set(parent, [...(below.get(parent) ?? []), option]);
  }
  const branch = (option: TreeOption): Branch => {
    const children = below.get(option.const)?.map(branch);
    return { value: option.const, label: option.title, ...(children && { children }) };
  };
  return (below.get("") ?? []).map(branch);
}
