import { queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import { keys } from "./keys";
import type { Brand, Organisation } from "./types";

const path = "/organisation";

/** What a stranger sees of the organisation. */
export type Door = Pick<Organisation, "name" | "locale" | "languages" | "brand">;

/** What strangers see. It is asked for once, and there is none while set-up is open. */
export const brandQuery = queryOptions({
  queryKey: keys.brand,
  queryFn: ({ signal }) => requestData<Door>("GET", "/brand", { signal, stranger: true }),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** The settings of the organisation. */
export const organisationQuery = queryOptions({
  queryKey: keys.organisation,
  queryFn: ({ signal }) => requestData<Organisation>("GET", path, { signal }),
  retry: false,
});

/** What is to be changed of the organisation. */
export type OrganisationPatch = Partial<
  Omit<Organisation, "version" | "brand"> & { readonly brand: Omit<Brand, "logo"> }
>;

/** Changes the organisation of a version; the fault stale when it is another by now. */
export function changeOrganisation(
  version: number,
  patch: OrganisationPatch,
): Promise<Organisation> {
  const headers = { "If-Match": `"${version}"` };
  return requestData<Organisation>("PATCH", path, { body: patch, headers });
}

/** Makes a picture the logo. */
export function setLogo(file: File): Promise<Organisation> {
  const form = new FormData();
  form.append("file", file);
  return requestData<Organisation>("POST", `${path}/logo`, { form });
}

/** Takes the logo away. */
export function deleteLogo(): Promise<Organisation> {
  return requestData<Organisation>("DELETE", `${path}/logo`);
}
