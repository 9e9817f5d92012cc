import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { Button, IconButton } from "@/components/button";
import { Icon, type IconName, isIconName } from "@/components/icon";
import { Menu } from "@/components/menu";
import { Sign } from "@/components/sign";
import { useFormat } from "@/components/use-format";
import { usePhone } from "@/components/use-media";
import { momentOf, type Preset } from "../timeline/moments";
import styles from "./day.module.css";
import { aboutOf, type DueRow, daysOver } from "./due-model";
import { QuickLog } from "./quick-log";
import type { DueActs } from "./use-due-acts";

interface DayRowProps {
  readonly row: DueRow;
  readonly acts: DueActs;
}

const presets: readonly Preset[] = ["tomorrow", "in3days", "nextWeek"];

/** A record about which something is to be done: when, and what one can do about it. */
export function DayRow({ row, acts }: DayRowProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const phone = usePhone();
  const { timezone } = useFormat().reader;
  const [logging, setLogging] = useState(false);
  const { object, record, included, at } = row;
  const about = aboutOf(row);
  const talk = catalog.activities(about.object).find(({ activity }) => activity.next);
  const logs = talk && !(about.id === record.id && object.behaviours?.activity) ? talk : undefined;
  const name = displayOf(record, catalog.display(object.name));
  const other = about.id === record.id ? undefined : included?.[about.object]?.[about.id]?.display;
  const writable = object.can?.update && at.can === "write";
  const later = presets.map((preset) => ({
    key: preset,
    label: t(`moment.${preset}`),
    perform: () => void acts.putOff(row, momentOf(preset, at, timezone), t(`moment.${preset}`)),
  }));
  return (
    <li
      className={styles.row}
      data-row=""
      data-record={record.id}
      data-testid={`day.row.${record.id}`}
    >
      <div className={styles.line}>
        <Sign icon={isIconName(object.icon) ? object.icon : "list"} />
        <div className={styles.what}>
          <Link to={`/o/${object.name}/${record.id}`} className={styles.name} data-link="">
            {name}
          </Link>
          <span className={styles.about}>
            {other ? <Link to={`/o/${about.object}/${about.id}`}>{other}</Link> : object.title}
            <When row={row} />
          </span>
        </div>
        <span className={styles.acts}>
          <Phone row={row} />
          {logs && (
            <span data-act="l">
              <Act
                icon="edit"
                label={t("day.log")}
                name={name}
                expanded={logging}
                onClick={() => setLogging(!logging)}
                testId={`day.log.${record.id}`}
              />
            </span>
          )}
          {writable && record[at.name] !== null && (
            <span data-act="d">
              <Act
                icon="check"
                label={t("day.done")}
                name={name}
                onClick={() => void acts.done(row)}
                testId={`day.done.${record.id}`}
              />
            </span>
          )}
          {writable && (
            <span data-act="s">
              <Menu
                items={later}
                label={t(record[at.name] === null ? "day.plan" : "day.putOff")}
                icon="calendar"
                iconOnly={phone}
                testId={`day.later.${record.id}`}
              />
            </span>
          )}
        </span>
      </div>
      {logging && logs && (
        <QuickLog
          about={about}
          kind={logs}
          onClose={() => setLogging(false)}
          onLog={(values) => {
            setLogging(false);
            void acts.log(row, logs.object.name, values);
          }}
        />
      )}
    </li>
  );
}

interface ActProps {
  readonly icon: IconName;
  readonly label: string;
  /** Which row it is of. */
  readonly name: string;
  readonly expanded?: boolean;
  readonly onClick: () => void;
  readonly testId: string;
}

/** One thing to do about a row; on a phone there is room for its picture only. */
function Act({ icon, label, name, expanded, onClick, testId }: ActProps) {
  const phone = usePhone();
  const more = { ...(expanded !== undefined && { expanded }), onClick, testId };
  if (phone) return <IconButton icon={icon} label={`${label} ${name}`} {...more} />;
  return (
    <Button kind="quiet" icon={icon} {...more}>
      {label}
      <span className="unseen"> {name}</span>
    </Button>
  );
}

/** When it was or is due, in a word and not by colour alone. */
function When({ row }: { row: DueRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const over = daysOver(row, format.reader.timezone);
  const value = String(row.record[row.at.name]);
  if (over === null) {
    return (
      <span className={styles.lacking}>
        <Icon name="warning" />
        {t("day.noDate")}
      </span>
    );
  }
  if (over > 0) {
    return (
      <time dateTime={value} className={styles.over}>
        <Icon name="warning" />
        {t("day.over", { count: over })}
      </time>
    );
  }
  return (
    <time dateTime={value}>{row.at.field === "date" ? t("moment.today") : format.time(value)}</time>
  );
}

/** Calls the number of a record that has one. */
function Phone({ row }: { row: DueRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const field = useCatalog()
    .fields(row.object.name)
    .find((one) => one.field === "phone");
  const number = field && row.record[field.name];
  if (typeof number !== "string") return null;
  return (
    <a
      href={`tel:${number}`}
      className={styles.phone}
      title={format.phone(number)}
      aria-label={t("day.call", { number: format.phone(number) })}
    >
      <Icon name="phone" />
    </a>
  );
}
