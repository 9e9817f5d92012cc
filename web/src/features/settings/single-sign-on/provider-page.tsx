import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { keys } from "@/api/keys";
import { deleteProvider, type Provider, providerQuery } from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FaultView, faultText } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useLanguage } from "@/components/use-language";
import { Frame } from "./frame";
import { ProviderForm } from "./provider-form";
import { TestPanel } from "./test-panel";

/** One provider: how it is reached, whom it lets in, and whether it works. */
export default function ProviderPage() {
  const { name = "" } = useParams();
  return name === "new" ? <NewProvider /> : <OldProvider key={name} name={name} />;
}

function NewProvider() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const kept = ({ name }: Provider) =>
    navigate(`/settings/single-sign-on/${name}`, { replace: true });
  return (
    <Frame inner title={t("sso.add")}>
      <ProviderForm onKept={kept} />
    </Frame>
  );
}

function OldProvider({ name }: { name: string }) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const client = useQueryClient();
  const found = useQuery(providerQuery(name));
  const provider = found.data;
  const kept = (changed: Provider) => {
    client.setQueryData(providerQuery(name).queryKey, changed);
    void client.invalidateQueries({ queryKey: keys.singleSignOn });
    void client.invalidateQueries({ queryKey: keys.ways });
  };
  return (
    <Frame
      inner
      title={provider?.title[language] ?? t("sso.title")}
      actions={provider && <Remove provider={provider} title={provider.title[language]} />}
    >
      {found.isPending && <Skeleton lines={6} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {provider && <TestPanel provider={provider} />}
      {provider && <ProviderForm provider={provider} onKept={kept} />}
    </Frame>
  );
}

function Remove({ provider, title }: { provider: Provider; title: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    try {
      await deleteProvider(provider.name);
      client.removeQueries({ queryKey: keys.provider(provider.name) });
      navigate("/settings/single-sign-on", { replace: true });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    void client.invalidateQueries({ queryKey: keys.providers, exact: true });
    void client.invalidateQueries({ queryKey: keys.ways });
  };
  return (
    <>
      <Button kind="danger" icon="trash" onClick={() => setAsking(true)} testId="sso.remove">
        {t("sso.remove")}
      </Button>
      <Dialog
        title={t("sso.removeTitle", { name: title })}
        open={asking}
        onClose={() => setAsking(false)}
        testId="sso.removing"
        footer={
          <>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t("action.cancel")}
            </Button>
            <Button kind="danger" onClick={() => void remove()} testId="sso.removing.confirm">
              {t("sso.remove")}
            </Button>
          </>
        }
      >
        <p>{t("sso.removeText", { count: provider.people })}</p>
      </Dialog>
    </>
  );
}
