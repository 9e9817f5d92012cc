import { queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import type { Tree } from "./definitions";
import { keys } from "./keys";

/** What the server makes of an expression. */
export type Checked =
  | { readonly valid: true; readonly type: string; readonly sql: boolean; readonly tree: Tree }
  | {
      readonly valid: false;
      readonly error: {
        readonly position: number;
        readonly end: number;
        readonly code: string;
        readonly message: string;
      };
    };

/** Where an expression is to be used. */
export type Use = "filter" | "scope" | "rule" | "showIf";

/** Parses and type-checks an expression about an object. */
export function checkQuery(object: string, use: Use, expression: string) {
  return queryOptions({
    queryKey: keys.check(object, use, expression),
    queryFn: ({ signal }) =>
      requestData<Checked>("POST", "/expressions/check", {
        body: { object, expression, use },
        signal,
      }),
    staleTime: 300_000,
  });
}
