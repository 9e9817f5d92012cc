import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { type Half, sessionQuery, useMaybeMe } from "@/api/session";
import type { Me } from "@/api/types";
import { Notice } from "@/components/notice";
import { useTitle } from "@/components/use-title";
import { CardPage } from "./card-page";
import styles from "./session.module.css";
import { SignInWays } from "./sign-in-ways";

/** The page where a stranger signs in and is brought to where he wanted to go. */
export default function SignInPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const next = insideAddress(params.get("next"));
  const refused = params.get("refused");
  const me = useMaybeMe();
  useTitle(t("session.title"));

  const enter = (signedIn: Me) => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, signedIn);
    navigate(next, { replace: true });
  };

  if (me) return <Navigate to={next} replace />;
  return (
    <CardPage>
      <h1>{t("session.title")}</h1>
      {refused && (
        <Notice tone={refused === "provider_refused" ? "info" : "danger"} testId="sign-in.refused">
          <p>{t(`session.refused.${reasonOf(refused)}`)}</p>
        </Notice>
      )}
      <SignInWays next={next} half={halves[params.get("step") ?? ""]} onSignedIn={enter} />
      <section className={styles.help} aria-labelledby="help">
        <h2 id="help">{t("session.help")}</h2>
        <p>{t("session.helpPassword")}</p>
        <p>{t("session.helpPhone")}</p>
      </section>
    </CardPage>
  );
}

/** What a provider leaves to be given, by what it calls the step. */
const halves: Readonly<Record<string, Half>> = {
  code: { needs: "totp" },
  passkey: { needs: "totp", passkey: true },
};

/** Only an address of this application is followed. */
function insideAddress(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") ? next : "/";
}

const reasons = [
  "provider_unavailable",
  "provider_refused",
  "sign_in_expired",
  "email_unverified",
  "no_account",
  "no_base_url",
  "too_many_attempts",
] as const;

/** Why a provider's sign-in did not do; what is not known is not said. */
function reasonOf(code: string): (typeof reasons)[number] | "other" {
  return reasons.find((reason) => reason === code) ?? "other";
}
