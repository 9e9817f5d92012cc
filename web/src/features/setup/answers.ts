import type { Fault } from "@/api/fault";
import type { SetupRequest } from "@/api/types";
import { shortestPassword } from "@/lib/password";

/** What the person has answered so far. */
export type Answers = Omit<SetupRequest, "locale">;

/** The steps of set-up, in order. */
export const steps = ["language", "administrator", "organisation", "start"] as const;

/** One of them. */
export type Step = (typeof steps)[number];

/** What is wrong with an answer; the words are chosen where it is shown. */
export type Lack = "missing" | "email" | "short";

const asked: Readonly<Record<Step, readonly (keyof Answers)[]>> = {
  language: [],
  administrator: ["name", "email", "password"],
  organisation: ["organisation", "timezone", "currency", "fiscal_year_start"],
  start: ["templates"],
};

/** What a step still lacks. */
export function lacks(step: Step, answers: Answers): Partial<Record<keyof Answers, Lack>> {
  const found: Partial<Record<keyof Answers, Lack>> = {};
  for (const name of asked[step]) {
    const answer = answers[name];
    if (typeof answer === "string" && answer.trim() === "") found[name] = "missing";
  }
  if (step !== "administrator") return found;
  if (!found.email && !/^\S+@\S+$/.test(answers.email.trim())) found.email = "email";
  if (!found.password && Array.from(answers.password).length < shortestPassword) {
    found.password = "short";
  }
  return found;
}

/** The server's refusals by answer, and the step on which the first one is asked. */
export function refusals(fault: Fault): { step: Step; messages: Record<string, string> } {
  const messages: Record<string, string> = {};
  for (const item of fault.items) {
    const name = item.pointer.split("/")[1] ?? "";
    messages[name] ??= item.message;
  }
  const step = steps.find((one) => asked[one].some((name) => name in messages));
  return { step: step ?? "start", messages };
}
