import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Icon } from "@/components/icon";
import { type NavigationItem, useHasDay, useNavigation } from "./navigation";
import styles from "./shell.module.css";

/** The navigation at the side; folded it shows pictures with their names beneath. */
export function SideBar({ folded }: { folded: boolean }) {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const hasDay = useHasDay();
  const current = useCurrent(items);
  const atHome = useLocation().pathname === "/";
  return (
    <nav className={styles.nav} aria-label={t("shell.navigation")} data-testid="nav">
      <ul className={styles.items}>
        {hasDay && (
          <li>
            <Link
              to="/"
              className={styles.item}
              aria-current={atHome ? "page" : undefined}
              title={folded ? t("day.title") : undefined}
              data-testid="nav.home"
            >
              <Icon name="home" large />
              <span className={styles.itemLabel}>{t("day.title")}</span>
            </Link>
          </li>
        )}
        {items.map((item) => (
          <li key={item.key}>
            <Link
              to={item.to}
              className={styles.item}
              aria-current={item === current ? "page" : undefined}
              title={folded ? item.label : undefined}
              data-testid={`nav.${item.key}`}
            >
              <Icon name={item.icon} large />
              <span className={styles.itemLabel}>{item.label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const barPlaces = 5;

/** The navigation of a phone, with something new in its middle. */
export function BottomBar({ onNew }: { onNew: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const hasDay = useHasDay();
  const current = useCurrent(items);
  const { pathname } = useLocation();
  const fixed = [hasDay, onNew, true].filter(Boolean).length;
  const shown = items.slice(0, barPlaces - fixed);
  const before = Math.floor(barPlaces / 2) - (hasDay ? 1 : 0);
  const place = (item: NavigationItem) => (
    <Link
      key={item.key}
      to={item.to}
      className={styles.bottomItem}
      aria-current={item === current ? "page" : undefined}
      data-testid={`nav.${item.key}`}
    >
      <Icon name={item.icon} large />
      <span className={styles.bottomLabel}>{item.label}</span>
    </Link>
  );
  return (
    <nav className={styles.bottom} aria-label={t("shell.navigation")} data-testid="nav">
      {hasDay && (
        <Link
          to="/"
          className={styles.bottomItem}
          aria-current={pathname === "/" ? "page" : undefined}
          data-testid="nav.home"
        >
          <Icon name="home" large />
          {t("day.title")}
        </Link>
      )}
      {shown.slice(0, before).map(place)}
      {onNew && (
        <button type="button" className={styles.bottomItem} onClick={onNew} data-testid="new">
          <span className={styles.bottomNew}>
            <Icon name="plus" large />
          </span>
          <span className="unseen">{t("action.new")}</span>
        </button>
      )}
      {shown.slice(before).map(place)}
      <Link
        to="/settings/profile"
        className={styles.bottomItem}
        aria-current={pathname.startsWith("/settings") ? "page" : undefined}
      >
        <Icon name="user" large />
        <span className={styles.bottomLabel}>{t("shell.mine")}</span>
      </Link>
    </nav>
  );
}

function useCurrent(items: readonly NavigationItem[]): NavigationItem | undefined {
  const { pathname, search } = useLocation();
  const exact = items.find((item) => item.to === pathname + search);
  const place = (path: string) => path.split(/[/?]/).slice(1, 3).join("/");
  return exact ?? items.find((item) => place(item.to) === place(pathname));
}
