import { queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import { keys } from "./keys";

/** How far the example records are. */
export interface Samples {
  readonly state: "none" | "making" | "there" | "removing";
  readonly done: number;
  readonly total: number;
}

/** How far the example records are; asked again while they are made or taken away. */
export const samplesQuery = queryOptions({
  queryKey: keys.samples,
  queryFn: ({ signal }) => requestData<Samples>("GET", "/samples", { signal }),
  refetchInterval: ({ state }) =>
    state.data?.state === "making" || state.data?.state === "removing" ? 1_000 : false,
});

/** Has the example records taken away. */
export function clearSamples(): Promise<Samples> {
  return requestData<Samples>("DELETE", "/samples");
}
