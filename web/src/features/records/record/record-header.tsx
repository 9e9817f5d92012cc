import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { deleteRecord, restoreRecord } from "@/api/records";
import type { RecordAnswer } from "@/api/types";
import { AwayTag } from "@/components/away-tag";
import { Button, IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Menu } from "@/components/menu";
import { useToast } from "@/components/toaster";
import { useNeedsServer } from "@/components/use-needs-server";
import { ValueView } from "@/kinds/field/value-view";
import { isExplainKey } from "@/lib/submit-key";
import { FollowButton } from "./follow-button";
import { type ListOrigin, recordAddress, type useNeighbours } from "./neighbours";
import styles from "./record.module.css";

interface RecordHeaderProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
  readonly name: string;
  readonly neighbours: ReturnType<typeof useNeighbours>;
  readonly beside: boolean;
  readonly editing: boolean;
  readonly onEdit: () => void;
  readonly onConvert: () => void;
  readonly onGo: (id: string | undefined) => void;
}

const AccessSheet = lazy(() => import("../access/access-sheet"));
const PoolMenuDialog = lazy(() => import("../pool/pool-menu-dialog"));
const ShareDialog = lazy(() => import("../share/share-dialog"));

const chipsShown = 3;

/** Whose record it is, what state it is in, and what can be done with it. */
export function RecordHeader(props: RecordHeaderProps) {
  const { object, answer, name, neighbours, beside } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const blocked = useNeedsServer();
  const Heading = beside ? "h2" : "h1";
  const { data: record, included, can } = answer;
  const chips = catalog
    .fields(object.name)
    .filter((field) => field.field === "select" && !field.system && record[field.name])
    .slice(0, chipsShown);
  const { before, after } = neighbours;
  return (
    <header className={styles.header}>
      <div className={styles.top} hidden={beside}>
        <nav aria-label={t("shell.path")} className={styles.path}>
          <Link to={listAddress(object.name, neighbours.origin)}>{pluralOf(object)}</Link>
        </nav>
        {neighbours.origin && (
          <span className={styles.neighbours}>
            <IconButton
              icon="chevron-left"
              small
              label={t("record.before")}
              disabled={!before}
              onClick={() => props.onGo(before)}
              testId="record.before"
            />
            <IconButton
              icon="chevron-right"
              small
              label={t("record.after")}
              disabled={!after}
              onClick={() => props.onGo(after)}
              testId="record.after"
            />
          </span>
        )}
      </div>
      <div className={styles.heading}>
        <div className={styles.name}>
          <Heading data-record={record.id} data-testid="record.name">
            {name}
          </Heading>
          {chips.map((field) => (
            <ValueView
              key={field.name}
              field={field}
              value={record[field.name]}
              included={included}
            />
          ))}
          {typeof record.owner === "string" && <AwayTag person={record.owner} />}
        </div>
        {!props.editing && (
          <div className={styles.actions}>
            <FollowButton object={object.name} id={record.id} />
            {can.actions?.includes("convert") && (
              <Button
                kind="primary"
                icon="arrow-right"
                onClick={props.onConvert}
                blocked={blocked}
                testId="record.convert"
              >
                {t("convert.action")}
              </Button>
            )}
            {can.update && (
              <Button icon="edit" onClick={props.onEdit} testId="record.edit">
                {t("action.edit")}
              </Button>
            )}
            <MoreMenu {...props} />
          </div>
        )}
      </div>
    </header>
  );
}

function MoreMenu({ object, answer, name, neighbours }: RecordHeaderProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const [sharing, setSharing] = useState(false);
  const [pooling, setPooling] = useState<"release" | "assign" | null>(null);
  const { id, version } = answer.data;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isExplainKey(event)) return;
      event.preventDefault();
      setExplaining(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const refresh = () => client.invalidateQueries({ queryKey: keys.records(object.name) });

  const restore = async () => {
    try {
      await restoreRecord(object.name, id);
      await refresh();
      navigate(recordAddress(object.name, id));
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
  };
  const remove = async () => {
    setBusy(true);
    try {
      await deleteRecord(object.name, id, version);
      navigate(listAddress(object.name, neighbours.origin));
      client.removeQueries({ queryKey: keys.record(object.name, id) });
      void refresh();
      toast({
        text: t("record.deleted", { name }),
        action: { label: t("action.undo"), perform: () => void restore() },
      });
    } catch (error) {
      setBusy(false);
      toast({ text: faultText(error, t) });
    }
  };
  const pooled = (["assign", "release"] as const).filter((one) =>
    answer.can.actions?.includes(one),
  );
  const items = [
    ...pooled.map((one) => ({
      key: one,
      label: t(`pool.ask.${one}`),
      icon: one === "assign" ? ("user-plus" as const) : ("undo" as const),
      perform: () => setPooling(one),
    })),
    ...(answer.can.update
      ? [
          {
            key: "share",
            label: t("share.open"),
            icon: "users" as const,
            perform: () => setSharing(true),
          },
        ]
      : []),
    {
      key: "access",
      label: t("access.open"),
      icon: "key" as const,
      perform: () => setExplaining(true),
    },
    ...(answer.can.delete
      ? [
          {
            key: "delete",
            label: t("action.delete"),
            icon: "trash" as const,
            danger: true,
            divider: true,
            disabled: busy,
            perform: () => void remove(),
          },
        ]
      : []),
  ];
  return (
    <>
      <Menu items={items} label={t("action.more")} icon="more" iconOnly testId="record.more" />
      {explaining && (
        <Suspense>
          <AccessSheet object={object} id={id} name={name} onClose={() => setExplaining(false)} />
        </Suspense>
      )}
      {pooling && (
        <Suspense>
          <PoolMenuDialog
            object={object}
            id={id}
            name={name}
            action={pooling}
            onClose={() => setPooling(null)}
          />
        </Suspense>
      )}
      {sharing && (
        <Suspense>
          <ShareDialog object={object} id={id} name={name} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </>
  );
}

/** The list that the record was opened from. */
function listAddress(object: string, origin: ListOrigin | null): string {
  const params = new URLSearchParams();
  if (origin?.where) params.set("where", origin.where);
  if (origin?.q) params.set("q", origin.q);
  if (origin?.sort.length) params.set("sort", origin.sort.join(","));
  if (origin?.view) params.set("view", origin.view);
  const search = params.toString();
  return `/o/${object}${search && `?${search}`}`;
}
