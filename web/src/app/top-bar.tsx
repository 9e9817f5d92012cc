import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useMe } from "@/api/session";
import { Brand } from "@/components/brand";
import { Button, IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Menu } from "@/components/menu";
import { useLanguage } from "@/components/use-language";
import { usePhone } from "@/components/use-media";
import { languageNames } from "@/i18n";
import { together } from "@/lib/key-names";
import { Bell } from "./bell";
import { useNavigation } from "./navigation";
import { PersonMenu } from "./person-menu";
import styles from "./shell.module.css";

/** The bar at the top: where one is, something new, the language, oneself. */
export function TopBar(props: {
  folded: boolean;
  onFold: (folded: boolean) => void;
  onSearch: () => void;
  /** Absent when there is nothing that one may make. */
  onNew: (() => void) | undefined;
  onLeave: () => void;
}) {
  const { t } = useTranslation();
  const phone = usePhone();
  const me = useMe();
  return (
    <header className={styles.top}>
      {!phone && (
        <IconButton
          icon="menu"
          label={props.folded ? t("shell.unfold") : t("shell.fold")}
          expanded={!props.folded}
          onClick={() => props.onFold(!props.folded)}
          testId="nav.fold"
        />
      )}
      <Link to="/" className={styles.home}>
        <Brand folded={phone} />
        <span className="unseen">{t("shell.home")}</span>
      </Link>
      {!me.organisation.brand.name && (
        <span className={styles.organisation}>{me.organisation.name}</span>
      )}
      <AppSwitch />
      <span className={styles.gap} />
      <SearchButton onOpen={props.onSearch} />
      {props.onNew && !phone && (
        <Button kind="quiet" icon="plus" onClick={props.onNew} testId="new">
          {t("action.new")}
        </Button>
      )}
      <Bell />
      <LanguageMenu />
      <PersonMenu onLeave={props.onLeave} />
    </header>
  );
}

function SearchButton({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation();
  if (usePhone())
    return <IconButton icon="search" label={t("palette.title")} onClick={onOpen} testId="search" />;
  return (
    <button type="button" className={styles.search} onClick={onOpen} data-testid="search">
      <Icon name="search" />
      <span>{t("palette.open")}</span>
      <kbd>{together("K")}</kbd>
    </button>
  );
}

function AppSwitch() {
  const { apps, app, choose } = useNavigation();
  const navigate = useNavigate();
  if (apps.length < 2 || !app) return null;
  const items = apps.map((one) => ({
    key: `app.${one.name}`,
    label: one.title,
    checked: one === app,
    perform: () => {
      choose(one.name);
      navigate("/");
    },
  }));
  return <Menu items={items} label={app.title} icon="chevron-down" testId="apps" />;
}

function LanguageMenu() {
  const { t } = useTranslation();
  const [language, change, offered] = useLanguage();
  if (offered.length < 2) return null;
  const items = offered.map((one) => ({
    key: `language.${one}`,
    label: languageNames[one],
    checked: one === language,
    perform: () => void change(one),
  }));
  return <Menu items={items} label={t("language.label")} icon="globe" iconOnly testId="language" />;
}
