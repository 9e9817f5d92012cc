import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import type { FormDefinition } from "@/api/form-definition";
import type { Import } from "@/api/imports";
import { importQuery, updateImport } from "@/api/imports";
import { keys } from "@/api/keys";
import { applyDefinitions, rawDefinition, useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { TableFrame } from "@/components/table-frame";
import { type ColumnKind, columnKinds, fieldName, guessKind } from "./guess-kind";
import styles from "./import.module.css";

interface NewFieldsDialogProps {
  readonly made: Import;
  readonly object: ObjectDefinition;
  readonly onClose: () => void;
}

/** A column that is to become a field. */
interface Proposal {
  readonly index: number;
  readonly title: string;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly wanted: boolean;
}

/** Makes fields of the columns that have none; they are on the form at once. */
export function NewFieldsDialog({ made, object, onClose }: NewFieldsDialogProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const [proposals, setProposals] = useState(() => propose(made, object));
  const wanted = proposals.filter((one) => one.wanted);
  const change = (index: number, what: Partial<Proposal>) => {
    setProposals((all) => all.map((one) => (one.index === index ? { ...one, ...what } : one)));
  };
  const create = useMutation({
    mutationFn: async () => {
      await applyDefinitions(
        await definitionsWith(object.name, catalog.form(object.name), wanted, t("import.section")),
      );
      await client.invalidateQueries({ queryKey: keys.meta });
      const columns = wanted.map((one) => ({ index: one.index, field: one.name }));
      return updateImport(made.id, { columns });
    },
    onSuccess: (answer) => {
      client.setQueryData(importQuery(made.id).queryKey, answer);
      onClose();
    },
  });
  return (
    <Dialog
      open
      wide
      title={t("import.newFieldsTitle")}
      onClose={onClose}
      testId="newFields"
      footer={
        <Button
          kind="primary"
          busy={create.isPending}
          disabled={wanted.length === 0}
          onClick={() => create.mutate()}
          testId="newFields.create"
        >
          {t("import.createFields", { count: wanted.length })}
        </Button>
      }
    >
      {create.isError && (
        <Notice tone="danger">
          <p>{faultText(create.error, t)}</p>
        </Notice>
      )}
      <p className={styles.note}>{t("import.newFieldsText")}</p>
      <TableFrame label={t("import.newFieldsTitle")}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.name")}</th>
              <th scope="col">{t("import.kind")}</th>
            </tr>
          </thead>
          <tbody>
            {proposals.map((one) => (
              <tr key={one.index}>
                <th scope="row">
                  <Checkbox
                    checked={one.wanted}
                    onChange={(checked) => change(one.index, { wanted: checked })}
                  >
                    {one.title}
                  </Checkbox>
                </th>
                <td>
                  <code>{one.name}</code>
                </td>
                <td>
                  <Select
                    label={t("import.kindFor", { column: one.title })}
                    value={one.kind}
                    choices={columnKinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
                    onChange={(name) => {
                      const kind = columnKinds.find((each) => each === name);
                      if (kind) change(one.index, { kind });
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </Dialog>
  );
}

function propose(made: Import, object: ObjectDefinition): readonly Proposal[] {
  const taken = new Set(Object.keys(object.properties));
  return made.columns
    .filter((column) => column.field === null)
    .map((column) => {
      const name = fieldName(column.title, taken);
      taken.add(name);
      const title = column.title || name;
      return { index: column.index, title, name, kind: guessKind(column.samples), wanted: true };
    });
}

/** The object with the new fields, and its form with a section for them. */
async function definitionsWith(
  name: string,
  form: FormDefinition,
  fields: readonly Proposal[],
  section: string,
): Promise<readonly unknown[]> {
  const object = await rawDefinition<ObjectDefinition>("object", name);
  const added = fields.map((one) => [one.name, { field: one.kind, title: one.title }]);
  const properties = { ...object.properties, ...Object.fromEntries(added) };
  const definitions: unknown[] = [{ ...object, properties }];
  // A generated form shows every field by itself.
  if (form.name === "") return definitions;
  const raw = await rawDefinition<FormDefinition>("form", form.name);
  const names = fields.map((one) => one.name);
  const known = raw.sections.find((one) => one.title === section);
  const sections = known
    ? raw.sections.map((one) =>
        one === known ? { ...one, fields: [...one.fields, ...names] } : one,
      )
    : [...raw.sections, { title: section, columns: 2, fields: names }];
  return [...definitions, { ...raw, sections }];
}
