import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { type ReactNode, Suspense } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { catalogQuery } from "@/api/meta";
import { sessionQuery } from "@/api/session";
import { Kit } from "@/components/kit";
import { Toaster } from "@/components/toaster";
import { catalog, me } from "./lead";

interface Setting {
  /** The address the page is at, and the pattern of its route. */
  readonly at?: string;
  readonly path?: string;
  readonly routes?: Readonly<Record<string, ReactNode>>;
}

/** Draws a page as the application would, for a signed-in person. */
export function show(page: ReactNode, { at = "/", path = "*", routes = {} }: Setting = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(sessionQuery.queryKey, me);
  client.setQueryData(catalogQuery.queryKey, catalog);
  const router = createMemoryRouter(
    [
      { path, element: page },
      ...Object.entries(routes).map(([route, element]) => ({ path: route, element })),
    ],
    { initialEntries: [at] },
  );
  const drawn = render(
    <QueryClientProvider client={client}>
      <Kit scheme="light" density="normal" language="en" accent="">
        <Toaster>
          <Suspense>
            <RouterProvider router={router} />
          </Suspense>
        </Toaster>
      </Kit>
    </QueryClientProvider>,
  );
  return { ...drawn, client, router };
}
