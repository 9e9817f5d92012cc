import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** The caller's second factor. */
export interface SecondFactor {
  readonly on: boolean;
  readonly since: string | null;
  readonly recovery_codes: number;
}

/** What an app needs to show codes; `qr` is the address as a picture. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
  readonly qr: string;
}

interface Codes {
  readonly recovery_codes: readonly string[];
}

/** Whether the caller has a second factor. */
export const secondFactorQuery = queryOptions({
  queryKey: keys.secondFactor,
  queryFn: ({ signal }) => requestData<SecondFactor>("GET", "/auth/totp", { signal }),
});

/** Makes what an app needs; nothing is on before `confirmFactor`. */
export function enrolFactor(password: string): Promise<Enrolment> {
  return requestData<Enrolment>("POST", "/auth/totp/enrol", { body: { password } });
}

/** Turns the second factor on and gives the recovery codes. */
export async function confirmFactor(code: string): Promise<readonly string[]> {
  const body = { code };
  return (await requestData<Codes>("POST", "/auth/totp/confirm", { body })).recovery_codes;
}

/** Makes new recovery codes in place of the old. */
export async function renewRecoveryCodes(password: string): Promise<readonly string[]> {
  const body = { password };
  return (await requestData<Codes>("POST", "/auth/totp/recovery_codes", { body })).recovery_codes;
}

/** Turns the second factor off. */
export function turnFactorOff(password: string): Promise<void> {
  return request<void>("POST", "/auth/totp/off", { body: { password } });
}

/** Of whom a second factor is required, and how many days people have for it. */
export interface Requirement {
  readonly required_of: "nobody" | "builders" | "everybody";
  readonly days: number;
}

/** The requirement, and who has none yet; of many people only the first are named. */
export interface ToldRequirement extends Requirement {
  readonly without: {
    readonly everybody: number;
    readonly builders: number;
    readonly people: readonly {
      readonly id: string;
      readonly name: string;
      readonly builds: boolean;
    }[];
  };
}

/** Of whom a second factor is required; only administrators are told. */
export const requirementQuery = queryOptions({
  queryKey: keys.requirement,
  queryFn: ({ signal }) => requestData<ToldRequirement>("GET", "/second_factor", { signal }),
});

/** Says of whom a second factor is required; the days count from now. */
export function keepRequirement(body: Requirement): Promise<ToldRequirement> {
  return requestData<ToldRequirement>("PUT", "/second_factor", { body });
}
