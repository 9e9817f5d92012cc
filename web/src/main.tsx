import "virtual:tokens.css";
import "@/styles/base.css";
import { QueryClient } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { connect } from "@/api/client";
import { Fault } from "@/api/fault";
import { sessionQuery } from "@/api/session";
import { App } from "@/app/app";
import { nonceStyles, pageNonce } from "@/components/kit";
import { nearestLanguage, showLanguage, shownLanguage } from "@/i18n";
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

async function start(): Promise<void> {
  nonceStyles(pageNonce());
  const wishes = [readKept("language"), ...navigator.languages];
  connect({ language: () => nearestLanguage(...wishes) });
  // While set-up is open the server knows no sessions.
  const strange = location.pathname === "/setup";
  const me = strange ? null : await client.fetchQuery(sessionQuery).catch(() => null);
  await showLanguage(nearestLanguage(me?.locale, ...wishes));
  connect({ language: shownLanguage });
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<App client={client} />);
}

void start();
