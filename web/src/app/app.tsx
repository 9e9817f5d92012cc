import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router";
import { Kit } from "@/components/kit";
import { PreferencesProvider, usePreferences } from "@/components/preferences";
import { Toaster } from "@/components/toaster";
import { useAccent, useBrand } from "@/components/use-brand";
import { router } from "./routes";
import { SessionGate } from "./session-gate";

/** The whole application. */
export function App({ client }: { client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <PreferencesProvider>
        <DressedApp />
      </PreferencesProvider>
    </QueryClientProvider>
  );
}

function DressedApp() {
  const { i18n } = useTranslation();
  const { scheme, drawnDensity } = usePreferences();
  const { accent } = useBrand().brand;
  useAccent(scheme, accent);
  return (
    <Kit scheme={scheme} density={drawnDensity} language={i18n.language} accent={accent}>
      <Toaster>
        <RouterProvider router={router} />
        <SessionGate />
      </Toaster>
    </Kit>
  );
}
