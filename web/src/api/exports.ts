import { queryOptions } from "@tanstack/react-query";
import { address, requestData } from "./client";
import { keys } from "./keys";

/** An export on its way. */
export interface Export {
  readonly id: string;
  readonly state: "running" | "done" | "failed";
  readonly progress: { readonly done: number; readonly total: number };
  readonly fault?: { readonly code: string; readonly message: string } | null;
}

/** How a file is written. */
export const exportFormats = ["xlsx", "csv"] as const;

/** One of them. */
export type ExportFormat = (typeof exportFormats)[number];

/** What is to be exported. */
export interface ExportRequest {
  readonly object: string;
  readonly where?: string;
  readonly q?: string;
  readonly sort?: readonly string[];
  readonly fields?: readonly string[];
  readonly format: ExportFormat;
}

/** Starts an export. */
export function startExport(body: ExportRequest): Promise<Export> {
  return requestData<Export>("POST", "/exports", { body });
}

/** An export, followed while it runs. */
export function exportQuery(id: string) {
  return queryOptions({
    queryKey: keys.export(id),
    queryFn: ({ signal }) => requestData<Export>("GET", `/exports/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 500 : false),
  });
}

/** The address of the finished file. */
export function exportFileAddress(id: string): string {
  return address(`/exports/${id}/file`);
}
