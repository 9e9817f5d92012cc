import { createContext, type ReactNode, use, useEffect, useMemo } from "react";
import { useKept } from "@/lib/kept";
import type { Density, Scheme } from "@/styles/tokens";
import { useMedia } from "./use-media";

/** The schemes a person may choose. */
export const themes = ["system", "light", "dark"] as const;

/** The densities a person may choose; a touch screen has its own. */
export const chosenDensities = ["compact", "normal", "roomy"] as const;

/** One of the schemes. */
export type Theme = (typeof themes)[number];

/** One of the densities. */
export type ChosenDensity = (typeof chosenDensities)[number];

interface Preferences {
  readonly theme: Theme;
  readonly scheme: Scheme;
  readonly density: ChosenDensity;
  readonly drawnDensity: Density;
  readonly chooseTheme: (theme: Theme) => void;
  readonly chooseDensity: (density: ChosenDensity) => void;
}

const PreferencesContext = createContext<Preferences>({
  theme: "system",
  scheme: "light",
  density: "normal",
  drawnDensity: "normal",
  chooseTheme: () => undefined,
  chooseDensity: () => undefined,
});

/** How this person wants pages to look on this device. */
export function usePreferences(): Preferences {
  return use(PreferencesContext);
}

/** Keeps the preferences of this device and writes them on the page. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [theme, chooseTheme] = useKept<Theme>("theme", themes, "system");
  const [density, chooseDensity] = useKept<ChosenDensity>("density", chosenDensities, "normal");
  const systemDark = useMedia("(prefers-color-scheme: dark)");
  const touch = useMedia("(pointer: coarse)");
  const scheme: Scheme = theme === "system" ? (systemDark ? "dark" : "light") : theme;
  const drawnDensity: Density = touch ? "touch" : density;
  useEffect(() => {
    document.documentElement.dataset.theme = scheme;
    document.documentElement.dataset.density = drawnDensity;
  }, [scheme, drawnDensity]);
  const preferences = useMemo(
    () => ({ theme, scheme, density, drawnDensity, chooseTheme, chooseDensity }),
    [theme, scheme, density, drawnDensity, chooseTheme, chooseDensity],
  );
  return <PreferencesContext value={preferences}>{children}</PreferencesContext>;
}
