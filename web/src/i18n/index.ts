/** The product's own texts. Labels of objects and fields are not here: they come from the server. */
import i18next, { type TFunction } from "i18next";
import { initReactI18next } from "react-i18next";
import type texts from "./en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof texts };
    returnNull: false;
  }
}

/** The languages that every text is written in. */
export const languages = ["zh-CN", "en"] as const;

/** One of them. */
export type Language = (typeof languages)[number];

/** What each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { "zh-CN": "中文", en: "English" };

const load: Readonly<Record<Language, () => Promise<{ default: object }>>> = {
  "zh-CN": () => import("./zh-CN.json"),
  en: () => import("./en.json"),
};

/** The languages that an organisation offers, and the one of who prefers none of them. */
interface Offer {
  readonly languages: readonly Language[];
  readonly locale: Language;
}

/** The offered language that suits the wishes of a browser or a person best. */
export function nearestLanguage(
  wishes: readonly (string | null | undefined)[],
  offer: Offer = { languages, locale: "en" },
): Language {
  for (const wish of wishes) {
    const wanted = wish?.toLowerCase().slice(0, 2);
    const found = offer.languages.find((one) => one.toLowerCase().slice(0, 2) === wanted);
    if (found) return found;
  }
  return offer.locale;
}

/** Fetches the texts of a language and shows the page in it. */
export async function showLanguage(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: {},
      fallbackLng: false,
      interpolation: { escapeValue: false },
    });
  }
  await loadTexts(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Fetches the texts of a language, once. */
export async function loadTexts(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, "translation")) return;
  const texts = await load[language]();
  i18next.addResourceBundle(language, "translation", texts.default);
}

/** The texts of a language that was fetched, whatever the page is shown in. */
export function textsIn(language: Language): TFunction {
  return i18next.getFixedT(language);
}

/** The language that the page is shown in. */
export function shownLanguage(): Language {
  return nearestLanguage([i18next.language]);
}
