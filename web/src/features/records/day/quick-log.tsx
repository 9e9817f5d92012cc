import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityObject } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import type { Value, Values } from "@/api/types";
import { Button } from "@/components/button";
import { TextArea } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { isSaveKey } from "@/lib/submit-key";
import { ActivityFields } from "../timeline/activity-fields";
import { type About, askedFields, isPlan, recordOf, startValues } from "../timeline/activity-model";
import { momentOf, type Preset } from "../timeline/moments";
import styles from "./day.module.css";

interface QuickLogProps {
  readonly about: About;
  readonly kind: ActivityObject;
  readonly onLog: (values: Values) => void;
  readonly onClose: () => void;
}

const presets: readonly Preset[] = ["tomorrow", "in3days", "nextWeek"];

/** Notes a talk in two touches: how it went, and when to talk again, which also saves. */
export function QuickLog({ about, kind, onLog, onClose }: QuickLogProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { timezone } = useFormat().reader;
  const fields = askedFields(catalog, kind);
  const plan = fields.find((field) => isPlan(kind, field));
  const asked = fields.filter((field) => field !== plan);
  const [text, setText] = useState("");
  const [values, setValues] = useState(() => startValues(asked));
  const save = (next: Value) => {
    const all = plan ? { ...values, [plan.name]: next } : values;
    onLog(recordOf(catalog, kind, about, { text, values: all }));
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (isSaveKey(event)) save(null);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the controls in it
    <div className={styles.log} onKeyDown={press} data-testid="day.log">
      <ActivityFields kind={kind} fields={asked} values={values} onChange={setValues} />
      <TextArea
        label={t("timeline.words", { object: kind.object.title })}
        placeholder={t("timeline.wordsPlaceholder")}
        value={text}
        onChange={setText}
        testId="day.log.text"
      />
      <fieldset className={styles.save}>
        <legend>{t(plan ? "day.saveAndNext" : "day.save")}</legend>
        {plan &&
          presets.map((preset) => (
            <Button
              key={preset}
              onClick={() => save(momentOf(preset, plan, timezone))}
              testId={`day.log.${preset}`}
            >
              {t(`moment.${preset}`)}
            </Button>
          ))}
        <Button kind={plan ? "plain" : "primary"} onClick={() => save(null)} testId="day.log.none">
          {t(plan ? "day.noNext" : "day.save")}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </fieldset>
    </div>
  );
}
