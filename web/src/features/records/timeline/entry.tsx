import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import type { TimelineEntry } from "@/api/timeline";
import type { Included, RecordAnswer, Value } from "@/api/types";
import { FileRows } from "@/components/file-rows";
import { type IconName, isIconName } from "@/components/icon";
import { Sign } from "@/components/sign";
import { useFormat } from "@/components/use-format";
import { ActivityEntry } from "./activity-entry";
import { ChangeEntry, through } from "./change-entry";
import { CommentEntry } from "./comment-entry";
import styles from "./timeline.module.css";

interface EntryProps {
  readonly object: string;
  readonly answer: RecordAnswer;
  readonly entry: TimelineEntry;
  readonly included: Included | undefined;
  readonly onRestore: (field: Field, before: Value) => void;
  readonly onChanged: () => void;
}

const tones = { change: "quiet", file: "quiet", activity: "link", comment: "warning" } as const;

/** One entry of a timeline: what kind it is, by whom, at what time, and what it says. */
export function Entry(props: EntryProps) {
  const { object, answer, entry, included, onRestore, onChanged } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const icon = useIcon(entry);
  const headline = useHeadline(entry, included);
  const about = { object, id: answer.data.id };
  const { change, comment, file, activity } = entry;
  return (
    <li className={styles.entry} data-testid={`timeline.${entry.kind}`}>
      <Sign icon={icon} small tone={tones[entry.kind]} />
      <div className={styles.words}>
        <p className={styles.head}>
          <span className={styles.who}>{headline}</span>
          <time dateTime={entry.at} title={format.instant(entry.at)}>
            {format.time(entry.at)}
          </time>
          {change && through(change.via, t) && <span>{through(change.via, t)}</span>}
        </p>
        {change && (
          <ChangeEntry
            object={object}
            answer={answer}
            change={change}
            included={included}
            onRestore={onRestore}
          />
        )}
        {comment && (
          <CommentEntry about={about} comment={comment} included={included} onChanged={onChanged} />
        )}
        {activity && <ActivityEntry {...activity} included={included} onChanged={onChanged} />}
        {file && <FileRows files={[file]} />}
      </div>
    </li>
  );
}

function useIcon({ kind, change, activity }: TimelineEntry): IconName {
  const catalog = useCatalog();
  switch (kind) {
    case "comment":
      return "edit";
    case "file":
      return "file";
    case "activity": {
      const icon = catalog.object(activity?.object ?? "")?.icon;
      return isIconName(icon) ? icon : "check";
    }
    case "change":
      return change?.action === "create" ? "plus" : "history";
  }
}

function useHeadline(entry: TimelineEntry, included: Included | undefined): string {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const who = included?.user?.[entry.by]?.display ?? t("history.somebody");
  switch (entry.kind) {
    case "change":
      return t(`history.${entry.change?.action ?? "update"}`, { who });
    case "comment":
      return t("timeline.said", { who });
    case "file":
      return t("timeline.attached", { who });
    case "activity": {
      const name = entry.activity?.object ?? "";
      return t("timeline.noted", { who, object: catalog.object(name)?.title ?? name });
    }
  }
}
