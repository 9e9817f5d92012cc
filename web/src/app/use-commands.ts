import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMatch, useNavigate } from "react-router";
import type { Catalog } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { objectsIn, pluralOf, useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { chosenDensities, themes, usePreferences } from "@/components/preferences";
import { useLanguage } from "@/components/use-language";
import type { Command } from "@/features/palette/command";
import { type Language, languageNames, loadTexts, textsIn } from "@/i18n";
import { inSentence } from "@/lib/words";

/** What commands are made of, in one language. */
interface Speech {
  readonly t: TFunction;
  readonly one: (object: ObjectDefinition) => string;
  readonly many: (object: ObjectDefinition) => string;
}

interface Deeds {
  readonly make: (object: string) => void;
  readonly leave: () => void;
}

/**
 * Everything that can be done from anywhere: about the open record, going somewhere, the look. While
 * they are looked through, each is also known by what it is called in the other language.
 */
export function useCommands(deeds: Deeds, looking: boolean): readonly Command[] {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const open = useOpenRecord(catalog);
  const looks = useLooks(deeds.leave);
  const go = useNavigate();
  const other = useOtherSpeech(looking);
  const all = (speech: Speech): readonly Command[] => [
    ...placesIn(speech, catalog, open, deeds.make).map(({ to, perform, ...command }) => ({
      ...command,
      to,
      perform: perform ?? (() => void go(to)),
    })),
    ...looks(speech.t),
  ];
  const own = all({ t, one: ({ title }) => inSentence(title), many: pluralOf });
  if (!other) return own;
  const also = new Map(all(other).map((one) => [one.key, one.label]));
  return own.map((command) => ({ ...command, also: also.get(command.key) }));
}

/**
 * The language that the page is not in, as soon as it is wanted and here. Objects are called by their
 * names in it and by their codes.
 */
function useOtherSpeech(wanted: boolean): Speech | undefined {
  const [language, , offered] = useLanguage();
  const [loaded, setLoaded] = useState<Language>();
  const other = offered.find((one) => one !== language);
  useEffect(() => {
    if (wanted && other) void loadTexts(other).then(() => setLoaded(other));
  }, [wanted, other]);
  const objects = useQuery({ ...objectsIn(other ?? ""), enabled: wanted && other !== undefined });
  if (!loaded || loaded !== other) return undefined;
  const called = (name: string) => objects.data?.find((object) => object.name === name);
  return {
    t: textsIn(loaded),
    one: ({ name }) => `${called(name)?.title ?? ""} ${name}`,
    many: ({ name }) => `${called(name)?.plural ?? called(name)?.title ?? ""} ${name}`,
  };
}

/** The address of the open record, if one is. */
function useOpenRecord(catalog: Catalog): string | undefined {
  const match = useMatch("/o/:object/:id");
  const { object = "", id = "" } = match?.params ?? {};
  const known = /^[0-9a-f-]{36}$/.test(id) && catalog.object(object) !== undefined;
  return known ? `/o/${object}/${id}` : undefined;
}

type Place = Omit<Command, "perform" | "to"> & {
  readonly to: string;
  readonly perform?: () => void;
};

/** What leads somewhere. */
function placesIn(
  { t, one, many }: Speech,
  catalog: Catalog,
  open: string | undefined,
  make: Deeds["make"],
): readonly Place[] {
  const listed = new Set([...catalog.worked(), ...catalog.staff().map(({ name }) => name)]);
  const worked = catalog.objects.filter((object) => listed.has(object.name));
  const here = open
    ? [
        {
          key: "here.edit",
          label: t("palette.editHere"),
          icon: "edit" as const,
          to: `${open}?edit=`,
        },
      ]
    : [];
  const made = worked
    .filter((object) => object.can?.create)
    .map((object) => ({
      key: `new.${object.name}`,
      label: t("action.newOf", { object: one(object) }),
      icon: "plus" as const,
      to: `/o/${object.name}/new`,
      perform: () => make(object.name),
    }));
  const lists = worked.flatMap((object): Place[] => [
    { key: `go.${object.name}`, label: many(object), icon: "list", to: `/o/${object.name}` },
    ...catalog
      .views(object.name)
      .filter((view) => view.name !== "" && view.title)
      .map((view) => ({
        key: `view.${view.name}`,
        label: t("palette.view", { object: many(object), view: view.title }),
        icon: "table" as const,
        to: `/o/${object.name}?view=${view.name}`,
      })),
  ]);
  const dashboards = catalog.dashboards().map(({ name, title }) => ({
    key: `go.${name}`,
    label: title ?? name,
    icon: "gauge" as const,
    to: `/dashboards/${name}`,
  }));
  const fixed: readonly Place[] = [
    { key: "go.home", label: t("shell.home"), icon: "home", to: "/" },
    {
      key: "go.notifications",
      label: t("notifications.title"),
      icon: "bell",
      to: "/notifications",
    },
    { key: "go.outbox", label: t("outbox.title"), icon: "upload", to: "/outbox" },
    { key: "go.profile", label: t("settings.profile"), icon: "user", to: "/settings/profile" },
    { key: "go.keys", label: t("settings.keys"), icon: "key", to: "/settings/keys" },
    { key: "go.bin", label: t("bin.title"), icon: "trash", to: "/bin" },
  ];
  return [...here, ...made, ...lists, ...dashboards, ...fixed];
}

/** What changes the look of this device, or ends the session. */
function useLooks(leave: () => void): (t: TFunction) => readonly Command[] {
  const look = usePreferences();
  const { viewer } = useMe();
  const [language, changeLanguage, offered] = useLanguage();
  return (t) => [
    ...themes
      .filter((theme) => theme !== look.theme)
      .map((theme) => ({
        key: `theme.${theme}`,
        label: t("palette.theme", { theme: t(`theme.${theme}`) }),
        icon: "sun" as const,
        perform: () => look.chooseTheme(theme),
      })),
    ...chosenDensities
      .filter((density) => density !== look.density)
      .map((density) => ({
        key: `density.${density}`,
        label: t("palette.density", { density: t(`density.${density}`) }),
        icon: "density" as const,
        perform: () => look.chooseDensity(density),
      })),
    ...offered
      .filter((one) => one !== language)
      .map((one) => ({
        key: `language.${one}`,
        label: t("palette.language", { language: languageNames[one] }),
        icon: "globe" as const,
        perform: () => void changeLanguage(one),
      })),
    {
      key: "sign-out",
      label: t(viewer ? "viewAs.end" : "session.signOut"),
      icon: "user",
      perform: leave,
    },
  ];
}
