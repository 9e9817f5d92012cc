import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { sessionQuery, useMaybeMe } from "@/api/session";
import type { Me } from "@/api/types";
import { useTitle } from "@/components/use-title";
import { CardPage } from "./card-page";
import styles from "./session.module.css";
import { SignInForm } from "./sign-in-form";

/** The page where a stranger signs in and is brought to where he wanted to go. */
export default function SignInPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const next = insideAddress(params.get("next"));
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
      <SignInForm onSignedIn={enter} />
      <section className={styles.help} aria-labelledby="help">
        <h2 id="help">{t("session.help")}</h2>
        <p>{t("session.helpPassword")}</p>
        <p>{t("session.helpPhone")}</p>
      </section>
    </CardPage>
  );
}

/** Only an address of this application is followed. */
function insideAddress(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") ? next : "/";
}
