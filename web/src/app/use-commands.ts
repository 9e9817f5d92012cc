import { useTranslation } from "react-i18next";
import { useMatch, useNavigate } from "react-router";
import { pluralOf, useCatalog } from "@/api/meta";
import { chosenDensities, themes, usePreferences } from "@/components/preferences";
import { useLanguage } from "@/components/use-language";
import type { Command } from "@/features/palette/command";
import { languageNames, languages } from "@/i18n";
import { inSentence } from "@/lib/words";

/** Everything that can be done from anywhere: about the open record, going somewhere, the look. */
export function useCommands(make: (object: string) => void, leave: () => void): readonly Command[] {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const look = usePreferences();
  const [language, changeLanguage] = useLanguage();
  const match = useMatch("/o/:object/:id");
  const { object = "", id = "" } = match?.params ?? {};
  const to = (key: string, label: string, icon: Command["icon"], path: string): Command => {
    return { key, label, icon, to: path, perform: () => void navigate(path) };
  };
  const worked = catalog.objects.filter((one) => catalog.worked().includes(one.name));
  const open = id !== "" && id !== "new" && id !== "import" && catalog.object(object);
  const here = open
    ? [to("here.edit", t("palette.editHere"), "edit", `/o/${object}/${id}?edit=`)]
    : [];
  const made = worked
    .filter((one) => one.can?.create)
    .map(({ name, title }): Command => {
      const label = t("action.newOf", { object: inSentence(title) });
      const path = `/o/${name}/new`;
      return { key: `new.${name}`, label, icon: "plus", to: path, perform: () => make(name) };
    });
  const lists = worked.flatMap((one) => [
    to(`go.${one.name}`, pluralOf(one), "list", `/o/${one.name}`),
    ...catalog
      .views(one.name)
      .filter((view) => view.name !== "" && view.title)
      .map((view) => {
        const label = t("palette.view", { object: pluralOf(one), view: view.title });
        return to(`view.${view.name}`, label, "table", `/o/${one.name}?view=${view.name}`);
      }),
  ]);
  const dashboards = catalog
    .dashboards()
    .map(({ name, title }) => to(`go.${name}`, title ?? name, "gauge", `/dashboards/${name}`));
  const places = [
    to("go.home", t("shell.home"), "home", "/"),
    to("go.notifications", t("notifications.title"), "bell", "/notifications"),
    to("go.profile", t("settings.profile"), "user", "/settings/profile"),
    to("go.keys", t("settings.keys"), "key", "/settings/keys"),
  ];
  const looks: readonly Command[] = [
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
    ...languages
      .filter((one) => one !== language)
      .map((one) => ({
        key: `language.${one}`,
        label: t("palette.language", { language: languageNames[one] }),
        icon: "globe" as const,
        perform: () => void changeLanguage(one),
      })),
    {
      key: "sign-out",
      label: t("session.signOut"),
      icon: "user",
      perform: leave,
    },
  ];
  return [...here, ...made, ...lists, ...dashboards, ...places, ...looks];
}
