import type { Problem, ProblemItem } from "./types";

/** A request that did not succeed, with what the server said of it. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly problem: Problem;
  /** The whole answer, for the faults that carry more than a problem. */
  readonly answer: unknown;

  constructor(problem: Problem, answer?: unknown) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.answer = answer;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }

  get items(): readonly ProblemItem[] {
    return this.problem.errors ?? [];
  }
}

/** The fault for an answer that never came. */
export function unreachable(): Fault {
  return new Fault({ title: "", status: 0, code: "unreachable" });
}
