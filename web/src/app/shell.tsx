import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, useLocation, useNavigation as useTransition } from "react-router";
import { useMaybeMe } from "@/api/session";
import { Skeleton } from "@/components/skeleton";
import { usePhone } from "@/components/use-media";
import { useKept } from "@/lib/kept";
import { BottomBar, SideBar } from "./bars";
import { FactorNotice } from "./factor-notice";
import { LeaveQuestion } from "./leave-question";
import styles from "./shell.module.css";
import { Strips } from "./strips";
import { TopBar } from "./top-bar";
import { useCommands } from "./use-commands";
import { useGlobalKeys, usePlaces } from "./use-global-keys";
import { useLeave, useLeaveUnless } from "./use-leave";
import { useLive } from "./use-live";
import { useMakeable } from "./use-makeable";
import { useOutboxSending } from "./use-outbox-sending";
import { useRecent } from "./use-recent";
import { ViewBanner } from "./view-banner";

const ConfinedPage = lazy(() => import("./confined-page"));
const Palette = lazy(() => import("@/features/palette/palette"));
const QuickCreate = lazy(() => import("@/features/records/quick/quick-create"));
const KeysDialog = lazy(() => import("@/features/palette/keys-dialog"));

/** The frame around every page of a signed-in person. */
export function Shell() {
  const me = useMaybeMe();
  const { pathname, search } = useLocation();
  if (!me) {
    const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/sign-in${next}`} replace />;
  }
  return (
    <Suspense fallback={<Skeleton />}>
      {me.second_factor?.over ? <ConfinedPage /> : <Frame />}
    </Suspense>
  );
}

function Frame() {
  const { t } = useTranslation();
  const phone = usePhone();
  const transition = useTransition();
  const [folded, fold] = useKept("nav", ["open", "folded"], "open");
  const main = useFocusOnPage();
  const [open, setOpen] = useState<"palette" | "keys" | "new" | "leave" | null>(null);
  const [first, setFirst] = useState<string>();
  const makeable = useMakeable();
  const make = (object?: string) => {
    setFirst(object);
    setOpen(makeable.length > 0 ? "new" : null);
  };
  const signOut = useLeave();
  const leaveUnlessUnsent = useLeaveUnless(() => setOpen("leave"));
  const leave = () => void leaveUnlessUnsent();
  const commands = useCommands({ make, leave }, open === "palette");
  const places = usePlaces();
  useGlobalKeys(places, (what) => (what === "new" ? make() : setOpen(what)));
  useRecent();
  useOutboxSending();
  const news = useLive();
  return (
    <div className={styles.shell} data-nav={folded}>
      <a className={styles.skip} href="#main">
        {t("shell.skip")}
      </a>
      <TopBar
        folded={folded === "folded"}
        onFold={(less) => fold(less ? "folded" : "open")}
        onSearch={() => setOpen("palette")}
        onNew={makeable.length > 0 ? () => make() : undefined}
        onLeave={leave}
      />
      {!phone && <SideBar folded={folded === "folded"} />}
      <main id="main" ref={main} className={styles.main} tabIndex={-1}>
        <ViewBanner />
        <Strips />
        <FactorNotice />
        <Suspense fallback={<Skeleton />}>
          <Outlet />
        </Suspense>
      </main>
      {phone && <BottomBar onNew={makeable.length > 0 ? () => make() : undefined} />}
      {open === "palette" && (
        <Suspense>
          <Palette commands={commands} onClose={() => setOpen(null)} />
        </Suspense>
      )}
      {open === "new" && (
        <Suspense>
          <QuickCreate
            objects={[...new Set([first, ...makeable].filter((one) => one !== undefined))]}
            onClose={() => setOpen(null)}
            onAnother={make}
          />
        </Suspense>
      )}
      {open === "keys" && (
        <Suspense>
          <KeysDialog places={places} onClose={() => setOpen(null)} />
        </Suspense>
      )}
      {open === "leave" && (
        <LeaveQuestion onLeave={() => void signOut()} onStay={() => setOpen(null)} />
      )}
      <p className="unseen" role="status" data-testid="live.news">
        {news > 0 && t("live.changed", { count: news })}
      </p>
      <div className={styles.progress} data-busy={transition.state !== "idle"} />
    </div>
  );
}

/** After going to another page, the focus goes with it. */
function useFocusOnPage() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    if (!main.current?.contains(document.activeElement)) main.current?.focus();
  }, [pathname]);
  return main;
}
