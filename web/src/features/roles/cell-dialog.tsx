import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { namedScopes, type Scope } from "@/api/roles";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { type Place, useObjectTitle } from "./matrix";
import { type Cell, type Entry, scopeOf } from "./role-model";
import { entryText, scopeText } from "./role-words";
import styles from "./roles.module.css";
import { RuleField } from "./rule-field";

const rule = "rule";

interface CellDialogProps {
  readonly place: Place;
  readonly cell: readonly Entry[];
  readonly called: (role: string) => string;
  readonly onChange: (cell: Cell | null) => void;
  readonly onClose: () => void;
}

/** Which records an action is for: by a word, or by a rule, and perhaps under a condition. */
export function CellDialog({ place, cell, called, onChange, onClose }: CellDialogProps) {
  const { t } = useTranslation();
  const title = useObjectTitle()(place.object);
  const own = cell.filter(({ from }) => from === undefined);
  const inherited = cell.filter(({ from }) => from !== undefined);
  const first = own[0]?.grant;
  const before: Scope = first ? scopeOf(first) : "none";
  const [scope, setScope] = useState<string>(typeof before === "string" ? before : rule);
  const [where, setWhere] = useState(typeof before === "string" ? "" : before.where);
  const [condition, setCondition] = useState(first?.where ?? "");
  const every = place.object === "*";
  const pooled = useCatalog().object(place.object)?.behaviours?.pool !== undefined;
  const named = namedScopes.find((one) => one === scope);
  const choices = [
    ...namedScopes
      .filter((value) => value !== "pool" || pooled)
      .map((value) => ({ value, label: scopeText(value, t) })),
    ...(every ? [] : [{ value: rule, label: scopeText({ where: "" }, t) }]),
  ];
  const use = () => {
    const chosen: Scope = named ?? { where: where.trim() };
    onChange(chosen === "none" ? null : { scope: chosen, where: condition.trim() || undefined });
    onClose();
  };
  return (
    <Dialog
      open
      title={`${title} · ${t(`roles.actions.${place.action}`)}`}
      onClose={onClose}
      testId="roles.cellDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            disabled={scope === rule && !where.trim()}
            onClick={use}
            testId="roles.cellUse"
          >
            {t("roles.use")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {own.length > 1 && (
          <Notice tone="warning" title={t("roles.several")}>
            <ul>
              {own.map((entry) => (
                <li key={entry.index}>{entryText(entry, t)}</li>
              ))}
            </ul>
          </Notice>
        )}
        <FieldFrame label={t("roles.scope")}>
          {(ids) => (
            <Select
              ids={ids}
              choices={choices}
              value={scope}
              onChange={(value) => setScope(value ?? "none")}
              testId="roles.scope"
            />
          )}
        </FieldFrame>
        {scope === rule && (
          <RuleField
            object={place.object}
            label={t("roles.rule")}
            help={t("roles.ruleHelp")}
            required
            value={where}
            onChange={setWhere}
            testId="roles.ruleText"
          />
        )}
        {scope !== "none" && !every && (
          <RuleField
            object={place.object}
            label={t("roles.condition")}
            help={t("roles.conditionHelp")}
            value={condition}
            onChange={setCondition}
            testId="roles.conditionText"
          />
        )}
        {inherited.length > 0 && (
          <div>
            <p className={styles.quiet}>{t("roles.inheritedToo")}</p>
            <ul>
              {inherited.map((entry) => (
                <li key={`${entry.from}.${entry.index}`}>
                  {entryText(entry, t)} · {called(entry.from ?? "")}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Dialog>
  );
}
