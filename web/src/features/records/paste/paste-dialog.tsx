import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import type { BulkProgress } from "../bulk/work";
import type { ListRow } from "../list/use-rows";
import { cellWords } from "./cell-words";
import styles from "./paste.module.css";
import type { CellChange, PastePlan, Refusal } from "./plan";
import type { Paste } from "./use-paste";

const mostShown = 50;

/** What a paste will change and what it will not, before it does; then how far it is. */
export default function PasteDialog({ object, paste }: { object: string; paste: Paste }) {
  const { t } = useTranslation();
  const { pasting } = paste;
  if (!pasting) return null;
  const asking = pasting.kind === "asking" ? pasting.plan : null;
  return (
    <Dialog
      open
      wide
      title={t("cells.title")}
      onClose={paste.cancel}
      testId="paste"
      footer={
        <>
          <Button kind="quiet" onClick={paste.cancel} testId="paste.cancel">
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            disabled={!asking || asking.operations.length === 0}
            busy={!asking}
            onClick={() => asking && paste.run(asking)}
            testId="paste.start"
          >
            {t("cells.start")}
          </Button>
        </>
      }
    >
      {asking ? (
        <Plan object={object} plan={asking} />
      ) : (
        pasting.kind !== "asking" && <Waiting {...pasting} />
      )}
    </Dialog>
  );
}

interface WaitingProps {
  readonly kind: "checking" | "running";
  readonly progress: BulkProgress | null;
}

function Waiting({ kind, progress }: WaitingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total } = progress ?? { done: 0, total: 0 };
  const label = t(kind === "checking" ? "cells.checking" : "cells.pasting");
  const text = t("progress", { done: format.number(done), total: format.number(total) });
  return (
    <div className={styles.waiting} role="status">
      <span>{label}</span>
      <ProgressBar label={label} done={done} total={total} text={text} />
      <span>{text}</span>
    </div>
  );
}

function Plan({ object, plan }: { object: string; plan: PastePlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { operations, changes, refused, rowsLeft, columnsLeft } = plan;
  const n = (count: number) => ({ count, n: format.number(count) });
  const left = refused.length + rowsLeft + columnsLeft;
  return (
    <div className={styles.plan}>
      <Notice
        tone={left > 0 ? "warning" : "info"}
        title={t("cells.will", {
          ...n(changes.length),
          records: format.number(operations.length),
        })}
        testId="paste.will"
      >
        {rowsLeft > 0 && <p>{t("cells.rowsLeft", n(rowsLeft))}</p>}
        {columnsLeft > 0 && <p>{t("cells.columnsLeft", n(columnsLeft))}</p>}
        <p>{t("bulk.canUndo")}</p>
      </Notice>
      {refused.length > 0 && <Refused object={object} refused={refused} />}
      {changes.length > 0 && <Changes object={object} changes={changes} />}
    </div>
  );
}

function Refused({ object, refused }: { object: string; refused: readonly Refusal[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useNames(object);
  const count = refused.length;
  return (
    <section className={styles.refused} data-testid="paste.refused">
      <h3>{t("cells.refused", { count, n: format.number(count) })}</h3>
      <div className={styles.reasons}>
        <TableFrame label={t("cells.refused", { count, n: format.number(count) })}>
          <ul>
            {refused.slice(0, mostShown).map((one) => (
              <li key={`${one.row.record.id}/${one.field?.name}`}>
                <strong>{nameOf(one.row)}</strong>
                {one.field && <span className={styles.field}>{one.field.title}</span>}
                <span>{one.reason}</span>
              </li>
            ))}
          </ul>
        </TableFrame>
      </div>
      <More count={count - mostShown} />
    </section>
  );
}

function Changes({ object, changes }: { object: string; changes: readonly CellChange[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useNames(object);
  return (
    <>
      <div className={styles.table}>
        <TableFrame label={t("cells.title")}>
          <table className={styles.changes} data-testid="paste.changes">
            <thead>
              <tr>
                <th scope="col">{t("cells.record")}</th>
                <th scope="col">{t("bulk.field")}</th>
                <th scope="col">{t("cells.before")}</th>
                <th scope="col">{t("cells.after")}</th>
              </tr>
            </thead>
            <tbody>
              {changes.slice(0, mostShown).map(({ row, field, before, after, included }) => (
                <tr key={`${row.record.id}/${field.name}`}>
                  <th scope="row">{nameOf(row)}</th>
                  <td>{field.title}</td>
                  <td>{cellWords(field, before, { format, t, included: row.included })}</td>
                  <td>{cellWords(field, after, { format, t, included })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      </div>
      <More count={changes.length - mostShown} />
    </>
  );
}

function More({ count }: { count: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (count <= 0) return null;
  return <p className={styles.more}>{t("cells.more", { count, n: format.number(count) })}</p>;
}

function useNames(object: string) {
  const display = useCatalog().display(object);
  return (row: ListRow) => displayOf(row.record, display);
}
