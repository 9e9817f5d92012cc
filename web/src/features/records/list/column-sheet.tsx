import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { Button, IconButton } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Sheet } from "@/components/dialog";
import { TextInput } from "@/components/text-input";
import styles from "./list.module.css";

interface ColumnSheetProps {
  readonly open: boolean;
  readonly object: ObjectDefinition;
  readonly columns: readonly string[];
  readonly onClose: () => void;
  readonly onChange: (columns: readonly string[]) => void;
  readonly onReset: () => void;
}

/** Which columns are shown, and in which order. */
export function ColumnSheet(props: ColumnSheetProps) {
  const { object, columns, onChange } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [typed, setTyped] = useState("");
  const fields = catalog.fields(object.name);
  const shown = columns.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const hidden = fields.filter((field) => !columns.includes(field.name));
  const wanted = typed.trim().toLowerCase();
  const found = [...shown, ...hidden].filter(
    (field) => field.title.toLowerCase().includes(wanted) || field.name.includes(wanted),
  );
  const move = (name: string, by: -1 | 1) => {
    const rest = columns.filter((one) => one !== name);
    const at = columns.indexOf(name) + by;
    onChange([...rest.slice(0, at), name, ...rest.slice(at)]);
  };
  const toggle = (name: string, checked: boolean) => {
    onChange(checked ? [...columns, name] : columns.filter((one) => one !== name));
  };
  return (
    <Sheet
      title={t("list.columns")}
      open={props.open}
      onClose={props.onClose}
      testId="columns"
      footer={
        <Button kind="quiet" icon="undo" onClick={props.onReset} testId="columns.reset">
          {t("columns.reset")}
        </Button>
      }
    >
      <div className={styles.columns}>
        <TextInput
          type="search"
          icon="search"
          label={t("columns.search")}
          placeholder={t("columns.search")}
          value={typed}
          onChange={setTyped}
          clear
        />
        <ul>
          {found.map((field) => {
            const at = columns.indexOf(field.name);
            return (
              <li key={field.name} className={styles.column}>
                <Checkbox
                  checked={at >= 0}
                  disabled={at >= 0 && columns.length === 1}
                  onChange={(checked) => toggle(field.name, checked)}
                  testId={`columns.${field.name}`}
                >
                  {field.title}
                </Checkbox>
                {at >= 0 && wanted === "" && (
                  <span className={styles.moves}>
                    <IconButton
                      icon="arrow-up"
                      small
                      label={t("columns.up", { column: field.title })}
                      disabled={at === 0}
                      onClick={() => move(field.name, -1)}
                    />
                    <IconButton
                      icon="arrow-down"
                      small
                      label={t("columns.down", { column: field.title })}
                      disabled={at === columns.length - 1}
                      onClick={() => move(field.name, 1)}
                    />
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </Sheet>
  );
}
