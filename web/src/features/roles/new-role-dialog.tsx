import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { publishRoles, type RoleDefinition, type Roles } from "@/api/roles";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { useLanguage } from "@/components/use-language";
import { titlesOf } from "./role-words";
import styles from "./roles.module.css";

interface NewRoleDialogProps {
  readonly roles: Roles;
  /** The role that the new one begins as. */
  readonly of?: string;
  readonly onClose: () => void;
}

/** A new role, which nobody holds: empty, or with the rights of another. */
export function NewRoleDialog({ roles, of, onClose }: NewRoleDialogProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [chinese, setChinese] = useState("");
  const [english, setEnglish] = useState("");
  const [typed, setTyped] = useState<string>();
  const [copied, setCopied] = useState<string | null>(of ?? null);
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const name = typed ?? codeOf(english);
  const taken = roles.roles.some((role) => role.name === name);
  const wrong = !/^[a-z][a-z0-9_]{0,47}$/.test(name);
  const begins = roles.roles.filter((role) => role.name !== "admin");
  const make = async () => {
    setBusy(true);
    const {
      title: _,
      description: __,
      ...rights
    } = begins.find((one) => one.name === copied) ?? {
      title: "",
      description: "",
    };
    const written = english.trim() || chinese.trim();
    const role: RoleDefinition = { ...rights, kind: "role", name, title: written };
    const texts = translation(roles, name, english.trim() && chinese.trim());
    try {
      await publishRoles({ base: roles.revision, definitions: [role, ...texts], delete: [] });
      await client.invalidateQueries({ queryKey: keys.meta });
      navigate(`/settings/roles/${name}`);
      onClose();
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t(of ? "roles.copy" : "roles.new")}
      onClose={onClose}
      testId="roles.newDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={wrong || taken || !(english.trim() || chinese.trim())}
            onClick={() => void make()}
            testId="roles.make"
          >
            {t("roles.make")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {refusal !== undefined && <Notice tone="danger">{faultText(refusal, t)}</Notice>}
        <FieldFrame label={t("roles.titleChinese")}>
          {(ids) => (
            <TextInput ids={ids} value={chinese} onChange={setChinese} testId="roles.newChinese" />
          )}
        </FieldFrame>
        <FieldFrame label={t("roles.titleEnglish")}>
          {(ids) => (
            <TextInput ids={ids} value={english} onChange={setEnglish} testId="roles.newEnglish" />
          )}
        </FieldFrame>
        <FieldFrame
          label={t("roles.code")}
          help={t("roles.codeHelp")}
          error={taken ? t("roles.codeTaken") : undefined}
          required
        >
          {(ids) => <TextInput ids={ids} value={name} onChange={setTyped} testId="roles.newCode" />}
        </FieldFrame>
        <FieldFrame label={t("roles.beginAs")}>
          {(ids) => (
            <Select
              ids={ids}
              clear
              placeholder={t("roles.beginEmpty")}
              choices={begins.map((role) => ({
                value: role.name,
                label: titlesOf(role, roles, language).here,
              }))}
              value={copied}
              onChange={setCopied}
              testId="roles.beginAs"
            />
          )}
        </FieldFrame>
      </div>
    </Dialog>
  );
}

/** A code of the words of a title. */
function codeOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 48);
}

/** The Chinese texts with the title of a role, where it was written in English. */
function translation(roles: Roles, name: string, title: string): readonly unknown[] {
  if (!title) return [];
  const known = roles.translations.find((one) => one.name === "zh-CN");
  const texts = { ...known?.texts, [`role/${name}/title`]: title };
  return [{ kind: "translation", name: "zh-CN", texts }];
}
