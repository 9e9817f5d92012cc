import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Icon } from "@/components/icon";
import { type NavigationItem, useNavigation } from "./navigation";
import styles from "./shell.module.css";

/** The navigation at the side; folded it shows pictures with their names beneath. */
export function SideBar({ folded }: { folded: boolean }) {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const current = useCurrent(items);
  return (
    <nav className={styles.nav} aria-label={t("shell.navigation")} data-testid="nav">
      <ul className={styles.items}>
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

const barPlaces = 4;

/** The navigation of a phone. */
export function BottomBar() {
  const { t } = useTranslation();
  const { items } = useNavigation();
  const current = useCurrent(items);
  return (
    <nav className={styles.bottom} aria-label={t("shell.navigation")} data-testid="nav">
      {items.slice(0, barPlaces).map((item) => (
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
      ))}
      <Link
        to="/settings/profile"
        className={styles.bottomItem}
        aria-current={useLocation().pathname.startsWith("/settings") ? "page" : undefined}
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
