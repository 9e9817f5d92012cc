import { request, requestData } from "./client";

interface View {
  readonly user: string;
  readonly until: string;
}

/** Looks at the application as somebody else, from an address on; the page is loaded anew. */
export async function viewAs(user: string, address = "/"): Promise<void> {
  await requestData<View>("POST", "/session/view_as", { body: { user } });
  location.assign(address);
}

/** Looks at the application as oneself again; the page is loaded anew. */
export async function endViewAs(): Promise<void> {
  await request<void>("DELETE", "/session/view_as");
  location.assign("/");
}
