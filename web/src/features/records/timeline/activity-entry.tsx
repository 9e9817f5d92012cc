import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { displayOf, updateRecord } from "@/api/records";
import type { Included, RecordData, Values } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { ValueView } from "@/kinds/field/value-view";
import { isClosed } from "../day/due-model";
import styles from "./timeline.module.css";

interface ActivityEntryProps {
  readonly object: string;
  readonly record: RecordData;
  readonly included: Included | undefined;
  readonly onChanged: () => void;
}

/** A follow-up, a task or another record about this one. */
export function ActivityEntry({ object, record, included, onChanged }: ActivityEntryProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const toast = useToast();
  const definition = catalog.object(object);
  if (!definition) return null;
  const { activity, due } = definition.behaviours ?? {};
  const shown = (activity?.fields ?? []).flatMap((name) => catalog.field(object, name) ?? []);
  const long = catalog.fields(object).find((field) => field.field === "longtext");
  const words = long && record[long.name];
  const finish = async (values: Values) => {
    try {
      await updateRecord(object, record.id, record.version, values);
      onChanged();
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
  };
  const open = due?.done && definition.can?.update && !isClosed(catalog, object, record);
  return (
    <div className={styles.activity}>
      <p>
        <Link to={`/o/${object}/${record.id}`}>{displayOf(record, catalog.display(object))}</Link>
      </p>
      {typeof words === "string" && <p className={styles.text}>{words}</p>}
      <dl className={styles.facts}>
        {shown.map((field: Field) =>
          record[field.name] === null || record[field.name] === undefined ? null : (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>
                <ValueView field={field} value={record[field.name]} included={included} brief />
              </dd>
            </div>
          ),
        )}
      </dl>
      {due?.done &&
        (open ? (
          <Button
            icon="check"
            onClick={() => void finish(due.done ?? {})}
            testId={`activity.done.${record.id}`}
          >
            {t("day.done")}
          </Button>
        ) : (
          <p className={styles.quiet}>{t("timeline.closed")}</p>
        ))}
    </div>
  );
}
