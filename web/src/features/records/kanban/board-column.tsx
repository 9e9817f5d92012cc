import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Field } from "@/api/catalog";
import { Button, IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import type { ListState } from "../list/list-state";
import type { Move } from "../move/use-moves";
import { Card, type CardSetting } from "./card";
import styles from "./kanban.module.css";
import { type Column, columnKey } from "./model";
import { useCards } from "./use-board";

interface BoardColumnProps {
  readonly setting: CardSetting;
  readonly state: ListState;
  readonly names: readonly string[];
  readonly column: Column;
  readonly totals: readonly string[];
  readonly moves: readonly Move[];
  readonly current: string | null;
  readonly lifted: string | null;
  readonly over: boolean;
  readonly folded: boolean;
  readonly onFold: ((folded: boolean) => void) | undefined;
  readonly canCreate: boolean;
}

/** A column of a board: its name, its figures, its cards. */
export function BoardColumn(props: BoardColumnProps) {
  const { column, folded, over, setting } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const heading = `column-${column.key || "none"}`;
  const count = format.number(column.count);
  if (folded) {
    return (
      <section
        className={styles.folded}
        data-column={column.key}
        data-place={column.key}
        data-over={over}
        aria-label={column.title}
        data-testid={`kanban.column.${column.key}`}
      >
        <IconButton
          icon="chevron-right"
          small
          label={t("kanban.unfold", { column: column.title })}
          expanded={false}
          onClick={() => props.onFold?.(false)}
        />
        <span className={styles.foldedCount}>{count}</span>
        <span className={styles.foldedTitle}>{column.title}</span>
      </section>
    );
  }
  return (
    <section
      className={styles.column}
      data-column={column.key}
      data-place={column.key}
      data-over={over}
      aria-labelledby={heading}
      data-testid={`kanban.column.${column.key}`}
    >
      <header className={styles.columnHead}>
        <h2 id={heading} className={styles.columnTitle}>
          <Tag {...(column.hue && { hue: column.hue })}>{column.title}</Tag>
          <span className={styles.count} data-testid={`kanban.count.${column.key}`}>
            {count}
            <span className="unseen">{t("kanban.cards", { count: column.count })}</span>
          </span>
        </h2>
        <span className={styles.columnActions}>
          {props.canCreate && <NewCard setting={setting} column={column} />}
          {props.onFold && (
            <IconButton
              icon="chevron-left"
              small
              label={t("kanban.fold", { column: column.title })}
              expanded
              onClick={() => props.onFold?.(true)}
              testId={`kanban.fold.${column.key}`}
            />
          )}
        </span>
        {props.totals.length > 0 && (
          <p className={styles.totals} data-testid={`kanban.total.${column.key}`}>
            {props.totals.join(" · ")}
          </p>
        )}
      </header>
      <Cards {...props} />
    </section>
  );
}

function NewCard({ setting, column }: { setting: CardSetting; column: Column }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const given = column.value
    ? `?${new URLSearchParams({ [setting.group.name]: column.value }).toString()}`
    : "";
  return (
    <IconButton
      icon="plus"
      small
      label={t("kanban.newIn", { column: column.title })}
      onClick={() => navigate(`/o/${setting.object}/new${given}`)}
      testId={`kanban.new.${column.key}`}
    />
  );
}

function Cards(props: BoardColumnProps) {
  const { setting, column, state, names, moves } = props;
  const { t } = useTranslation();
  const found = useCards(setting.object, state, names, setting.group, column.value);
  const shown = arranged(found.rows ?? [], moves, setting.group, column.key);
  if (found.isError) {
    return (
      <div className={styles.cards}>
        <p className={styles.quiet}>{faultText(found.error, t)}</p>
        <Button onClick={() => void found.refetch()}>{t("action.retry")}</Button>
      </div>
    );
  }
  if (!found.rows && column.count > 0) {
    return (
      <div className={styles.cards}>
        <Skeleton lines={4} />
      </div>
    );
  }
  const more = () => {
    if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage();
  };
  return (
    <div
      className={styles.cards}
      onScroll={({ currentTarget: box }) => {
        if (box.scrollHeight - box.scrollTop < 2 * box.clientHeight) more();
      }}
    >
      {shown.length === 0 ? (
        <p className={styles.quiet}>{t("kanban.empty")}</p>
      ) : (
        <ul className={styles.list} aria-label={column.title}>
          {shown.map((row) => (
            <Card
              key={row.record.id}
              {...setting}
              row={row}
              at={column.key}
              current={props.current === row.record.id}
              lifted={props.lifted === row.record.id}
            />
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button kind="quiet" wide busy={found.isFetchingNextPage} onClick={more}>
          {t("kanban.more")}
        </Button>
      )}
    </div>
  );
}

/** The rows of a column while records are on their way: without those that leave, with those that arrive. */
function arranged(
  rows: readonly Move["row"][],
  moves: readonly Move[],
  group: Field,
  key: string,
): readonly Move["row"][] {
  const away = new Map(moves.map((move) => [move.row.record.id, columnKey(move.values, group)]));
  const stay = rows.filter((row) => (away.get(row.record.id) ?? key) === key);
  const here = new Set(stay.map((row) => row.record.id));
  const come = moves
    .filter((move) => columnKey(move.values, group) === key && !here.has(move.row.record.id))
    .map((move) => move.row);
  return [...come, ...stay];
}
