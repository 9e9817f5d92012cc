import { request, requestData } from "./client";
import type { Included } from "./types";

/** What an entry of the audit log may tell of, in the order in which people look for it. */
export const auditActions = [
  "login",
  "login_failed",
  "logout",
  "session_ended",
  "sessions_ended",
  "password_changed",
  "password_refused",
  "password_link_made",
  "password_set_by_link",
  "second_factor_on",
  "second_factor_off",
  "second_factor_reset",
  "second_factor_failed",
  "passkey_added",
  "passkey_removed",
  "passkey_refused",
  "recovery_codes_made",
  "key_created",
  "key_revoked",
  "provider_added",
  "provider_changed",
  "provider_deleted",
  "provider_tested",
  "provider_linked",
  "invitation_made",
  "invitation_taken_back",
  "invitation_accepted",
  "person_created",
  "person_changed",
  "person_deleted",
  "person_restored",
  "share_created",
  "share_ended",
  "definitions_changed",
  "setting_changed",
  "import_run",
  "import_undone",
  "export",
  "handover_begun",
  "handover_undone",
  "duplicate_shown",
  "record_erased",
  "backup_written",
  "audit_read",
  "view_as_began",
  "view_as_ended",
] as const;

/** What somebody did that concerns security. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly action: (typeof auditActions)[number];
  readonly actor: string;
  readonly via: string;
  readonly address: string;
  readonly object: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A page of the audit log, with the people it names. */
export interface AuditPage {
  readonly data: readonly AuditEntry[];
  readonly page: { readonly next: string | null };
  readonly included: Included;
}

/** Which entries are wanted; what is empty is not asked for. Since and until are instants. */
export interface AuditAsk {
  readonly action: string;
  readonly actor: string;
  readonly since: string;
  readonly until: string;
}

/** The audit log, newest first. */
export function listAudit(
  ask: AuditAsk,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<AuditPage> {
  const wanted = Object.entries(ask).filter(([, value]) => value !== "");
  return request<AuditPage>("GET", "/audit", {
    query: { ...Object.fromEntries(wanted), cursor, limit: 50 },
    signal,
  });
}

/** What looking through the whole log found; without a problem it is as it was written. */
export interface AuditVerdict {
  readonly entries: number;
  readonly last: number;
  readonly hash: string;
  readonly problem?: "edited" | "missing" | "truncated";
  readonly at?: number;
}

/** Looks through the whole log. */
export function verifyAudit(): Promise<AuditVerdict> {
  return requestData<AuditVerdict>("GET", "/audit/verify");
}

/** Where the entries that are wanted can be fetched as a file. */
export function auditFile(ask: AuditAsk): string {
  const wanted = Object.entries(ask).filter(([, value]) => value !== "");
  return `/api/v1/audit/file?${new URLSearchParams(wanted)}`;
}
