import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/session";
import type { Organisation } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { timezones } from "@/lib/guess";
import { SavedBlock } from "./block";

/** What the organisation is called, and where its days begin. */
export function GeneralBlock({ settings }: { settings: Organisation }) {
  const { t } = useTranslation();
  const shapes = useMe().abilities.includes("design");
  const [name, setName] = useState(settings.name);
  const [timezone, setTimezone] = useState(settings.timezone);
  const zones = useMemo(
    () =>
      timezones(settings.timezone).map((zone) => ({
        value: zone,
        label: zone.replaceAll("_", " "),
      })),
    [settings.timezone],
  );
  return (
    <SavedBlock subject="general" settings={settings} patch={{ name, timezone }}>
      {(wrong) => (
        <>
          <FieldFrame label={t("organisation.general.name")} error={wrong("name")} required>
            {(ids) => (
              <TextInput
                ids={ids}
                autoComplete="organization"
                value={name}
                onChange={setName}
                testId="org.name"
              />
            )}
          </FieldFrame>
          <FieldFrame
            label={t("settings.timezone")}
            help={t("organisation.general.timezoneHelp")}
            error={wrong("timezone")}
            required
          >
            {(ids) => (
              <Select
                ids={ids}
                value={timezone}
                choices={zones}
                onChange={(zone) => setTimezone(zone ?? "")}
                testId="org.timezone"
              />
            )}
          </FieldFrame>
          {shapes && (
            <p>
              <Link to="/settings/calendars" data-testid="org.calendars">
                {t("organisation.general.calendars")}
              </Link>
            </p>
          )}
        </>
      )}
    </SavedBlock>
  );
}
