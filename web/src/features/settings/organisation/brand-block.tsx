import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { address } from "@/api/client";
import { keys } from "@/api/keys";
import { deleteLogo, organisationQuery, setLogo } from "@/api/organisation";
import type { Organisation } from "@/api/types";
import { Button } from "@/components/button";
import { reasonOf } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { FilePick } from "@/components/file-pick";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { isColour } from "@/lib/accent";
import { colours } from "@/styles/tokens";
import { SavedBlock } from "./block";
import { BrandPreview } from "./brand-preview";
import styles from "./organisation.module.css";

/** How the product looks here: its name, its colour, its logo. */
export function BrandBlock({ settings }: { settings: Organisation }) {
  const { t } = useTranslation();
  const [name, setName] = useState(settings.brand.name);
  const [accent, setAccent] = useState(settings.brand.accent);
  const shown = isColour(accent) ? accent : "";
  return (
    <SavedBlock subject="brand" settings={settings} patch={{ brand: { name, accent } }}>
      {(wrong) => (
        <>
          <FieldFrame
            label={t("organisation.brand.name")}
            help={t("organisation.brand.nameHelp")}
            error={wrong("brand/name")}
          >
            {(ids) => (
              <TextInput ids={ids} value={name} onChange={setName} testId="org.brandName" />
            )}
          </FieldFrame>
          <FieldFrame
            label={t("organisation.brand.accent")}
            help={t("organisation.brand.accentHelp")}
            error={wrong("brand/accent")}
          >
            {(ids) => (
              <div className={styles.accent}>
                <input
                  type="color"
                  className={styles.swatch}
                  aria-label={t("organisation.brand.pick")}
                  value={shown || colours.light.brand}
                  onChange={(event) => setAccent(event.target.value)}
                />
                <TextInput
                  ids={ids}
                  value={accent}
                  placeholder={t("organisation.brand.own")}
                  clear
                  onChange={setAccent}
                  testId="org.accent"
                />
              </div>
            )}
          </FieldFrame>
          <BrandPreview settings={settings} name={name} accent={shown} />
          <LogoField settings={settings} />
        </>
      )}
    </SavedBlock>
  );
}

/** The logo, which is taken in as soon as it is chosen. */
function LogoField({ settings }: { settings: Organisation }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [error, setError] = useState<string>();
  const { logo } = settings.brand;
  const act = async (perform: () => Promise<Organisation>) => {
    setError(undefined);
    try {
      client.setQueryData(organisationQuery.queryKey, await perform());
      await client.invalidateQueries({ queryKey: keys.session });
      toast({ text: t("organisation.saved") });
    } catch (refused) {
      setError(reasonOf(refused, t));
    }
  };
  return (
    <FieldFrame
      label={t("organisation.brand.logo")}
      help={t("organisation.brand.logoHelp")}
      error={error}
    >
      {(ids) => (
        <div className={styles.logo}>
          {logo && (
            <img
              src={address(`/brand/logo/${logo}`)}
              alt={t("organisation.brand.logo")}
              data-testid="org.logo.shown"
            />
          )}
          <FilePick
            ids={ids}
            text={t("organisation.brand.choose")}
            accept="image/png,image/jpeg,image/webp"
            multiple={false}
            onFiles={([file]) => file && void act(() => setLogo(file))}
            testId="org.logo"
          />
          {logo && (
            <Button icon="trash" onClick={() => void act(deleteLogo)} testId="org.logo.remove">
              {t("organisation.brand.remove")}
            </Button>
          )}
        </div>
      )}
    </FieldFrame>
  );
}
