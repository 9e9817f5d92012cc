import "virtual:tokens.css";
import "@/styles/base.css";
import { QueryClient } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { connect } from "@/api/client";
import { Fault } from "@/api/fault";
import { keptPerson } from "@/api/kept-answers";
import { catalogQuery } from "@/api/meta";
import { brandQuery, type Door } from "@/api/organisation";
import { sessionQuery } from "@/api/session";
import type { Me } from "@/api/types";
import { App } from "@/app/app";
import { nonceStyles, pageNonce } from "@/components/kit";
import { type Language, nearestLanguage, showLanguage, shownLanguage } from "@/i18n";
import { readKept } from "@/lib/kept";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Without the server, what was kept answers.
      networkMode: "always",
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && isPassing(error),
    },
  },
});

/** Only what may be over in a moment is asked for again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Fault) || !navigator.onLine) return false;
  return error.status === 0 || error.status >= 502;
}

/**
 * Learns who is here, and meanwhile fetches what the person who was here last will want, in the
 * language that is likely his.
 */
async function arrive(likely: Language): Promise<Me | null> {
  // While set-up is open the server knows no sessions.
  if (location.pathname === "/setup") return null;
  const asked = client.fetchQuery(sessionQuery).catch(() => null);
  const texts = showLanguage(likely);
  if (keptPerson()) void client.prefetchQuery(catalogQuery);
  await texts;
  return asked;
}

/** What a stranger sees of the organisation; while set-up is open there is none. */
async function brandOfDoor(): Promise<Door | undefined> {
  if (location.pathname === "/setup") return undefined;
  return client.fetchQuery(brandQuery).catch(() => undefined);
}

async function start(): Promise<void> {
  nonceStyles(pageNonce());
  const wishes = [readKept("language"), ...navigator.languages];
  const likely = nearestLanguage(wishes);
  connect({ language: () => likely });
  const me = await arrive(likely);
  const offers = me?.organisation ?? (await brandOfDoor());
  const language = nearestLanguage([me?.locale, ...wishes], offers);
  await showLanguage(language);
  if (!me || language !== likely) client.removeQueries(catalogQuery);
  connect({ language: shownLanguage });
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<App client={client} />);
}

void start();
