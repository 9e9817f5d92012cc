import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Icon } from "@/components/icon";
import { Select } from "@/components/select";
import { TableFrame } from "@/components/table-frame";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { type Place, useObjectTitle } from "./matrix";
import {
  entriesOf,
  type FieldRights,
  fieldRights,
  maskable,
  rightFields,
  withFieldRight,
  withFields,
  writes,
} from "./role-model";
import { entryText } from "./role-words";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface FieldSheetProps {
  readonly draft: Draft;
  /** The cell whose grant is shown first. */
  readonly place: Place;
  readonly called: (role: string) => string;
  readonly edits?: boolean;
  readonly onClose: () => void;
}

/** The fields of an object, in one grant of a role at a time: no two grants are ever one. */
export function FieldSheet({ draft, place, called, edits = false, onClose }: FieldSheetProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { object } = place;
  const title = useObjectTitle()(object);
  const entries = entriesOf(draft.role, draft.all).filter(({ grant }) => grant.object === object);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      entries.findIndex(({ grant }) => grant.actions.includes(place.action)),
    ),
  );
  const entry = entries[at] ?? entries[0];
  const choices = entries.map((one, index) => {
    const actions = format.list(one.grant.actions.map((action) => t(`roles.actions.${action}`)));
    const words = t("roles.grantOf", { actions, scope: entryText(one, t) });
    return { value: String(index), label: one.from ? `${words} · ${called(one.from)}` : words };
  });
  const own = edits && entry?.from === undefined;
  const change = (field: Field, right: keyof FieldRights, has: boolean) => {
    if (!entry) return;
    const fields = withFieldRight(entry.grant.fields, field, right, has);
    draft.change(withFields(draft.role, entry.index, fields));
  };
  return (
    <Dialog
      wide
      open
      title={t("roles.fieldsOf", { object: title })}
      onClose={onClose}
      testId="roles.fieldSheet"
    >
      <div className={styles.sheet}>
        <FieldFrame label={t("roles.grant")}>
          {(ids) => (
            <Select
              ids={ids}
              choices={choices}
              value={String(at)}
              onChange={(value) => setAt(Number(value ?? 0))}
              testId="roles.grantChoice"
            />
          )}
        </FieldFrame>
        {edits && entry?.from && (
          <p className={styles.quiet}>{t("roles.inheritedHelp", { role: called(entry.from) })}</p>
        )}
        {entry && (
          <TableFrame label={t("roles.fieldsOf", { object: title })}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t("roles.field")}</th>
                  <th scope="col">{t("roles.rights.read")}</th>
                  <th scope="col">{t("roles.rights.mask")}</th>
                  <th scope="col">{t("roles.rights.update")}</th>
                </tr>
              </thead>
              <tbody>
                {rightFields(catalog.fields(object)).map((field) => (
                  <FieldRow
                    key={field.name}
                    field={field}
                    actions={entry.grant.actions}
                    rights={fieldRights(entry.grant, field)}
                    onChange={own ? (right, has) => change(field, right, has) : undefined}
                  />
                ))}
              </tbody>
            </table>
          </TableFrame>
        )}
      </div>
    </Dialog>
  );
}

interface FieldRowProps {
  readonly field: Field;
  /** Those of the grant: without one, the right that goes with it opens nothing. */
  readonly actions: readonly string[];
  readonly rights: FieldRights;
  readonly onChange?: ((right: keyof FieldRights, has: boolean) => void) | undefined;
}

function FieldRow({ field, actions, rights, onChange }: FieldRowProps) {
  const { t } = useTranslation();
  const reads = actions.includes("read");
  const possible: Record<keyof FieldRights, boolean> = {
    read: reads && field.name !== "owner",
    mask: reads && maskable(field),
    update: writes(field) && (actions.includes("create") || actions.includes("update")),
  };
  const hidden = !rights.read && !rights.mask;
  return (
    <tr data-testid={`roles.field.${field.name}`}>
      <th scope="row">
        <span className={styles.name}>
          {field.title}
          {field.sensitive && <Tag hue="amber">{t("roles.sensitive")}</Tag>}
          {hidden && <Tag>{t("roles.hidden")}</Tag>}
        </span>
      </th>
      {(["read", "mask", "update"] as const).map((right) => (
        <td key={right} data-label={t(`roles.rights.${right}`)}>
          {onChange && possible[right] ? (
            <Checkbox
              label={`${field.title} · ${t(`roles.rights.${right}`)}`}
              checked={rights[right]}
              onChange={(has) => onChange(right, has)}
              testId={`roles.field.${field.name}.${right}`}
            />
          ) : (
            <Right has={rights[right]} never={right !== "read" && !possible[right]} />
          )}
        </td>
      ))}
    </tr>
  );
}

/** Whether a grant gives a right, or could never. */
function Right({ has, never }: { readonly has: boolean; readonly never: boolean }) {
  const { t } = useTranslation();
  const given = has && !never;
  return (
    <span className={styles.words} data-none={!given}>
      <Icon name={never ? "minus" : given ? "check" : "close"} />
      <span className="unseen">{t(given ? "roles.has" : "roles.hasNot")}</span>
    </span>
  );
}
