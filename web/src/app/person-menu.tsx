import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMe } from "@/api/session";
import { Menu, type MenuItem } from "@/components/menu";
import { chosenDensities, themes, usePreferences } from "@/components/preferences";
import { usePhone } from "@/components/use-media";

/** Oneself: the look of this device, the settings, the way out. */
export function PersonMenu({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const phone = usePhone();
  const look = usePreferences();

  const items: MenuItem[] = [
    {
      key: "profile",
      label: t("settings.profile"),
      icon: "user",
      perform: () => navigate("/settings/profile"),
    },
    {
      key: "keys",
      label: t("settings.keys"),
      icon: "key",
      perform: () => navigate("/settings/keys"),
    },
    ...(me.abilities.includes("manage_organisation")
      ? [
          {
            key: "organisation",
            label: t("organisation.title"),
            icon: "building" as const,
            perform: () => navigate("/settings/organisation"),
          },
        ]
      : []),
    ...(me.abilities.includes("manage_users")
      ? [
          {
            key: "people",
            label: t("people.title"),
            icon: "users" as const,
            perform: () => navigate("/settings/people"),
          },
        ]
      : []),
    ...(me.abilities.includes("design") || me.abilities.includes("manage_roles")
      ? [
          {
            key: "roles",
            label: t("roles.title"),
            icon: "lock" as const,
            perform: () => navigate("/settings/roles"),
          },
        ]
      : []),
    ...(me.abilities.includes("design")
      ? [
          {
            key: "calendars",
            label: t("calendars.title"),
            icon: "calendar" as const,
            perform: () => navigate("/settings/calendars"),
          },
        ]
      : []),
    ...(me.abilities.includes("read_audit")
      ? [
          {
            key: "audit",
            label: t("audit.title"),
            icon: "history" as const,
            perform: () => navigate("/settings/audit"),
          },
        ]
      : []),
    { key: "bin", label: t("bin.title"), icon: "trash", perform: () => navigate("/bin") },
    ...themes.map((theme, index) => ({
      key: `theme.${theme}`,
      label: t(`theme.${theme}`),
      divider: index === 0,
      checked: look.theme === theme,
      perform: () => look.chooseTheme(theme),
    })),
    ...chosenDensities.map((density, index) => ({
      key: `density.${density}`,
      label: t(`density.${density}`),
      divider: index === 0,
      checked: look.density === density,
      perform: () => look.chooseDensity(density),
    })),
    {
      key: "sign-out",
      label: t(me.viewer ? "viewAs.end" : "session.signOut"),
      divider: true,
      perform: onLeave,
    },
  ];
  return <Menu items={items} label={me.name} icon="user" iconOnly={phone} testId="me" />;
}
