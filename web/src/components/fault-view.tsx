import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { Button } from "./button";
import { EmptyState } from "./empty-state";

interface FaultViewProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** What else may help. */
  readonly actions?: ReactNode;
  readonly heading?: "h1" | "h2";
}

/** What went wrong in place of what should be here. A page that is not for this person is missing. */
export function FaultView({ error, onRetry, actions, heading }: FaultViewProps) {
  const { t } = useTranslation();
  const viewing = error instanceof Fault && error.code === "viewing";
  const missing =
    !viewing && error instanceof Fault && (error.status === 404 || error.status === 403);
  const id = error instanceof Fault ? error.problem.request_id : undefined;
  if (missing) return <Missing {...(heading && { heading })} />;
  if (viewing) {
    return (
      <EmptyState
        icon="lock"
        title={t("viewAs.notShown")}
        testId="viewing"
        {...(heading && { heading })}
      >
        <p>{faultText(error, t)}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="warning"
      title={t("fault.title")}
      testId="fault"
      {...(heading && { heading })}
      actions={
        <>
          {onRetry && (
            <Button kind="primary" onClick={onRetry} testId="fault.retry">
              {t("action.retry")}
            </Button>
          )}
          {actions}
        </>
      }
    >
      <p>{faultText(error, t)}</p>
      {id && (
        <p>
          {t("fault.reference")} <code data-testid="fault.id">{id}</code>
        </p>
      )}
    </EmptyState>
  );
}

/** Not found, or not for this person: the same page, so that it tells nothing. */
export function Missing({ heading = "h1" }: { heading?: "h1" | "h2" }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon="search"
      heading={heading}
      title={t("missing.title")}
      testId="missing"
      actions={
        <Button kind="primary" onClick={() => location.assign("/")}>
          {t("missing.home")}
        </Button>
      }
    >
      <p>{t("missing.text")}</p>
    </EmptyState>
  );
}

/** Why something was refused: what is wrong with the first value, else the fault in words. */
export function reasonOf(error: unknown, t: TFunction): string {
  const item = error instanceof Fault ? error.items[0] : undefined;
  return item?.message ?? faultText(error, t);
}

/** A fault in words; the server's own words where it has any. */
export function faultText(error: unknown, t: TFunction): string {
  if (!(error instanceof Fault)) return t("fault.unexpected");
  if (error.code === "unreachable") return t("fault.unreachable");
  return error.problem.detail || t("fault.unexpected");
}
