import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import type { Import, ImportColumn } from "@/api/imports";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { MultiSelect } from "@/components/select";
import { TableFrame } from "@/components/table-frame";
import { FileSettings } from "./file-settings";
import styles from "./import.module.css";
import { type ColumnChange, MappingRow } from "./mapping-row";
import { NewFieldsDialog } from "./new-fields-dialog";
import { RecipeOffer, SaveRecipe } from "./recipes";
import { useMapping, useStart } from "./use-import";
import { useStepKeys } from "./use-step-keys";

/** What every step of a made import is given. */
export interface StepProps {
  readonly made: Import;
  readonly object: ObjectDefinition;
}

/** A column's whole mapping; options of another field mean nothing to a new one. */
function withChange(column: ImportColumn, change: ColumnChange) {
  const { index, field, on_existing, values, create } = column;
  const other = change.field !== undefined && change.field !== field;
  const said = other ? { values: {}, create: [] } : { values, create };
  return { index, field, on_existing, ...said, ...change };
}

/** Which column of the file becomes which field. */
export function MappingStep({ made, object, onPlanned }: StepProps & { onPlanned: () => void }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const mapping = useMapping(made);
  const plan = useStart(made, "plan");
  const [adding, setAdding] = useState(false);
  const [saving, setSaving] = useState(false);
  const fields = catalog
    .fields(object.name)
    .filter((field) => !field.system || field.name === "id" || field.name === "owner");
  const mapped = made.columns.filter((column) => column.field !== null);
  const unmapped = made.columns.length - mapped.length;
  const matchable = fields.filter((field) => mapped.some((column) => column.field === field.name));
  const failure = mapping.error ?? plan.error;
  const next = () => plan.mutate(undefined, { onSuccess: onPlanned });
  useStepKeys({ next: mapped.length > 0 && !plan.isPending ? next : undefined });
  return (
    <>
      <FileSettings made={made} onChange={(change) => mapping.mutate(change)} />
      <RecipeOffer made={made} onTake={(recipe) => mapping.mutate({ recipe })} />
      {failure && (
        <Notice tone="danger">
          <p>{faultText(failure, t)}</p>
        </Notice>
      )}
      <TableFrame label={t("import.step.mapping")}>
        <table className={`${styles.table} ${styles.mapping}`} data-testid="import.mapping">
          <thead>
            <tr>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.samples")}</th>
              <th scope="col">{t("import.field")}</th>
              <th scope="col">{t("import.onExisting")}</th>
              <th scope="col">{t("import.confidence")}</th>
            </tr>
          </thead>
          <tbody>
            {made.columns.map((column) => (
              <MappingRow
                key={column.index}
                made={made}
                column={column}
                fields={fields}
                onChange={(change) => mapping.mutate({ columns: [withChange(column, change)] })}
              />
            ))}
          </tbody>
        </table>
      </TableFrame>
      <div className={styles.keys}>
        <FieldFrame label={t("import.match")} help={t("import.matchHelp")}>
          {(ids) => (
            <MultiSelect
              ids={ids}
              value={made.match}
              choices={matchable.map((field) => ({ value: field.name, label: field.title }))}
              onChange={(match) => mapping.mutate({ match })}
              testId="import.match"
            />
          )}
        </FieldFrame>
      </div>
      <footer className={styles.foot}>
        <p className={styles.note} role="status" data-testid="import.mapped">
          {t("import.mapped", { count: mapped.length, total: made.columns.length })}
        </p>
        {made.header && (
          <Button
            kind="quiet"
            disabled={mapped.length === 0}
            onClick={() => setSaving(true)}
            testId="import.saveRecipe"
          >
            {t("recipe.save")}
          </Button>
        )}
        {unmapped > 0 && me.abilities.includes("design") && (
          <Button icon="plus" onClick={() => setAdding(true)} testId="import.newFields">
            {t("import.newFields", { count: unmapped })}
          </Button>
        )}
        <Button
          kind="primary"
          busy={plan.isPending || mapping.isPending}
          disabled={mapped.length === 0}
          onClick={next}
          testId="import.plan"
        >
          {t("import.plan")}
        </Button>
      </footer>
      {saving && <SaveRecipe made={made} onClose={() => setSaving(false)} />}
      {adding && <NewFieldsDialog made={made} object={object} onClose={() => setAdding(false)} />}
    </>
  );
}
