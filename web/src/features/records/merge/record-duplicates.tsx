import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { alikeQuery, type Left, type Merge, mergesQuery } from "@/api/merges";
import { useCatalog } from "@/api/meta";
import { Button, LinkButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { useNeedsServer } from "@/components/use-needs-server";
import { recordAddress } from "../record/neighbours";
import styles from "./merge.module.css";
import { useUndoMerge } from "./use-undo-merge";

interface RecordDuplicatesProps {
  readonly object: ObjectDefinition;
  readonly id: string;
}

/** What a record may be the same as, and what became a part of it. */
export default function RecordDuplicates({ object, id }: RecordDuplicatesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: alike = [] } = useQuery({
    ...alikeQuery(object.name, id),
    enabled: Boolean(object.behaviours?.duplicates?.length),
  });
  const { data: merges } = useQuery(mergesQuery(object.name, id));
  const [kept, setKept] = useState<readonly Left[]>([]);
  const undo = useUndoMerge(object.name);
  const shown = alike.flatMap((one) => (one.id === null ? [] : { ...one, id: one.id }));
  const first = shown[0];
  const blocked = useNeedsServer();
  return (
    <>
      {first && (
        <div className={styles.told}>
          <Notice
            tone="warning"
            title={t("merge.possible", { count: shown.length })}
            testId="record.duplicates"
            actions={
              <LinkButton
                to={`/o/${object.name}/duplicates?first=${id}&second=${first.id}`}
                blocked={blocked}
                testId="record.compare"
              >
                {t("merge.compareThem")}
              </LinkButton>
            }
          >
            <p>{format.list(shown.slice(0, 3).map((one) => one.display ?? ""))}</p>
          </Notice>
        </div>
      )}
      {merges?.data.map((merge) => (
        <Merged
          key={merge.id}
          merge={merge}
          by={merges.included?.user?.[merge.by]?.display}
          onUndo={async () => setKept(await undo(id, merge.id))}
        />
      ))}
      {kept.length > 0 && <Kept kept={kept} />}
    </>
  );
}

interface MergedProps {
  readonly merge: Merge;
  readonly by: string | undefined;
  readonly onUndo: () => Promise<void>;
}

function Merged({ merge, by, onUndo }: MergedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  return (
    <div className={styles.told}>
      <Notice
        tone="info"
        title={t("merge.with", { name: merge.display ?? t("merge.hidden") })}
        testId="record.merged"
        actions={
          <Button
            icon="undo"
            busy={busy}
            testId="merge.undo"
            onClick={() => {
              setBusy(true);
              void onUndo().finally(() => setBusy(false));
            }}
          >
            {t("merge.undo")}
          </Button>
        }
      >
        <p className={styles.note}>
          {t("merge.until", {
            who: by ?? t("history.somebody"),
            when: format.ago(merge.at),
            date: format.day(merge.undo_until),
          })}
        </p>
      </Notice>
    </div>
  );
}

/** What undoing a merge left as it is, with the way there. */
function Kept({ kept }: { kept: readonly Left[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  return (
    <div className={styles.told}>
      <Notice tone="warning" title={t("merge.kept")} testId="merge.kept">
        <ul>
          {kept.map((left) => (
            <li key={`${left.object}/${left.id}`}>
              <Link to={recordAddress(left.object, left.id)}>{left.display}</Link>{" "}
              <span className={styles.note}>
                {format.list(
                  left.fields.map((name) => catalog.field(left.object, name)?.title ?? name),
                )}
              </span>
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
