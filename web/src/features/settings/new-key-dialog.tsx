import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { createApiKey } from "@/api/api-keys";
import type { KeyLimit } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { copyText } from "@/lib/copy-text";
import { KeyScopes, reachesSomething } from "./key-scopes";
import styles from "./settings.module.css";

const lives = ["30", "90", "365", "3650"] as const;

/** Makes a key and tells its secret, once. */
export function NewKeyDialog({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [days, setDays] = useState<string>("90");
  const [limit, setLimit] = useState<KeyLimit | null>(null);
  const [copied, setCopied] = useState(false);
  const create = useMutation({
    mutationFn: () => createApiKey(name.trim(), Number(days), limit),
    onSuccess: onMade,
  });
  const token = create.data?.token;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && reachesSomething(limit)) create.mutate();
  };
  const copy = () => {
    copyText(token ?? "");
    setCopied(true);
  };
  if (token) {
    return (
      <Dialog
        open
        firm
        title={t("apiKeys.madeTitle")}
        onClose={onClose}
        testId="newKey"
        footer={
          <Button kind="primary" onClick={onClose} testId="newKey.done">
            {t("apiKeys.kept")}
          </Button>
        }
      >
        <div className={styles.secret}>
          <p>{t("apiKeys.once")}</p>
          <code className={styles.token} data-testid="newKey.token">
            {token}
          </code>
          <div className={styles.copy}>
            <Button icon="copy" onClick={() => void copy()} testId="newKey.copy">
              {t("apiKeys.copy")}
            </Button>
            <span role="status">{copied && t("apiKeys.copied")}</span>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open title={t("apiKeys.new")} onClose={onClose} testId="newKey">
      <form className={styles.secret} onSubmit={submit}>
        {create.isError && (
          <Notice tone="danger">
            <p>{faultText(create.error, t)}</p>
          </Notice>
        )}
        <FieldFrame label={t("apiKeys.name")} help={t("apiKeys.nameHelp")} required>
          {(ids) => (
            <TextInput ids={ids} value={name} onChange={setName} autoFocus testId="newKey.name" />
          )}
        </FieldFrame>
        <FieldFrame label={t("apiKeys.life")}>
          {(ids) => (
            <Select
              ids={ids}
              value={days}
              choices={lives.map((life) => ({
                value: life,
                label: t("apiKeys.days", { count: Number(life) }),
              }))}
              onChange={(life) => life && setDays(life)}
            />
          )}
        </FieldFrame>
        <KeyScopes limit={limit} onChange={setLimit} />
        <div className={styles.buttons}>
          <Button
            kind="primary"
            submit
            busy={create.isPending}
            disabled={name.trim() === "" || !reachesSomething(limit)}
            testId="newKey.create"
          >
            {t("apiKeys.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
