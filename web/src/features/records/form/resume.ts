/** What a link carries to go on in the full form with the draft of a shorter one. */
export const resumed = { resumed: true } as const;

/** Whether a page was come to in order to go on with a draft. */
export function isResumed(state: unknown): boolean {
  return typeof state === "object" && state !== null && "resumed" in state;
}
