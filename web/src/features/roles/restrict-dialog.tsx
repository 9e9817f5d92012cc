import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { type Restriction, roleActions } from "@/api/roles";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import styles from "./roles.module.css";
import { RuleField, useRuleFault } from "./rule-field";

interface RestrictDialogProps {
  /** What is changed; undefined adds one. */
  readonly restriction?: Restriction | undefined;
  readonly onChange: (restriction: Restriction) => void;
  readonly onClose: () => void;
}

/** Which records of an object stay closed, and for what. */
export function RestrictDialog({ restriction, onChange, onClose }: RestrictDialogProps) {
  const { t } = useTranslation();
  const { objects } = useCatalog();
  const [object, setObject] = useState(restriction?.object ?? "");
  const [actions, setActions] = useState(restriction?.actions ?? roleActions);
  const [where, setWhere] = useState(restriction?.where ?? "");
  const wrong = useRuleFault(object, where) !== undefined;
  const complete = object !== "" && actions.length > 0 && where.trim() !== "" && !wrong;
  const use = () => {
    onChange({ object, actions, where: where.trim() });
    onClose();
  };
  return (
    <Dialog
      open
      title={t(restriction ? "roles.restrictChange" : "roles.restrictAdd")}
      onClose={onClose}
      testId="roles.restrictDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" disabled={!complete} onClick={use} testId="roles.restrictUse">
            {t("roles.use")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p className={styles.quiet}>{t("roles.restrictHelp")}</p>
        <FieldFrame label={t("roles.object")} required>
          {(ids) => (
            <Select
              ids={ids}
              choices={objects.map(({ name, title }) => ({ value: name, label: title }))}
              value={object || null}
              onChange={(value) => setObject(value ?? "")}
              testId="roles.restrictObject"
            />
          )}
        </FieldFrame>
        <fieldset className={styles.ways}>
          <legend>{t("roles.restrictActions")}</legend>
          {roleActions.map((action) => (
            <Checkbox
              key={action}
              checked={actions.includes(action)}
              onChange={(has) =>
                setActions(
                  roleActions.filter((one) => (one === action ? has : actions.includes(one))),
                )
              }
              testId={`roles.restrictAction.${action}`}
            >
              {t(`roles.actions.${action}`)}
            </Checkbox>
          ))}
        </fieldset>
        <RuleField
          object={object}
          label={t("roles.restrictWhere")}
          help={t("roles.ruleHelp")}
          required
          value={where}
          onChange={setWhere}
          testId="roles.restrictWhere"
        />
      </div>
    </Dialog>
  );
}
