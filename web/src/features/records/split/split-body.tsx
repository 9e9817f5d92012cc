import { type KeyboardEvent, lazy, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { pluralOf, useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { EmptyState } from "@/components/empty-state";
import { Skeleton } from "@/components/skeleton";
import { usePhone } from "@/components/use-media";
import { isShortcut } from "@/lib/submit-key";
import { cardFields } from "../list/facts";
import { ListFooter } from "../list/list-footer";
import { originOf } from "../list/list-state";
import { type BodyProps, ListStates } from "../list/list-states";
import { type ListRow, useRows } from "../list/use-rows";
import { recordAddress } from "../record/neighbours";
import styles from "./split.module.css";
import { SplitList } from "./split-list";

const RecordScreen = lazy(async () => {
  return { default: (await import("../record/record-page")).RecordScreen };
});

/** The records in a list, beside the one that is open; on a phone the one takes the other's place. */
export default function SplitBody(props: BodyProps) {
  const { object, state } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const phone = usePhone();
  const [params, setParams] = useSearchParams();
  const list = useRef<HTMLDivElement>(null);
  const page = useRef<HTMLElement>(null);
  const display = catalog.display(object.name);
  const fields = cardFields(catalog, object.name, state);
  const rows = useRows(object.name, {
    where: state.where,
    q: state.q,
    sort: state.sort,
    fields: [...new Set([display, ...fields.map((field) => field.name)])],
  });
  const origin = originOf(state);
  const opened = params.get("record");
  const length = rows.length ?? 0;
  const at = indexOf(rows.rowAt, length, opened);

  const open = (id: string) => {
    if (phone) return navigate(recordAddress(object.name, id), { state: origin });
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set("record", id);
        next.delete("edit");
        return next;
      },
      { replace: opened !== null, state: origin },
    );
  };
  const step = (by: number) => {
    const next = at < 0 ? 0 : Math.max(0, Math.min(at + by, length - 1));
    const id = rows.rowAt(next)?.record.id;
    if (id && id !== opened) open(id);
  };
  const toList = () => {
    list.current?.querySelector<HTMLElement>("[aria-current], a")?.focus();
  };
  const toRecord = () => page.current?.focus();
  useEffect(() => {
    if (phone) return;
    const press = (event: globalThis.KeyboardEvent) => {
      if (params.has("edit")) return;
      if (isShortcut(event, "j")) step(1);
      else if (isShortcut(event, "k")) step(-1);
      else if (event.key === "F6") {
        if (page.current?.contains(document.activeElement)) toList();
        else toRecord();
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || params.has("edit")) return;
    if (event.target instanceof Element && event.target.closest("[role=dialog], [role=menu]"))
      return;
    event.preventDefault();
    toList();
  };
  return (
    <>
      <ListStates
        {...props}
        error={rows.error}
        onRetry={rows.retry}
        ready={rows.length !== undefined}
        // A record that has left the list stays open until one moves on.
        empty={rows.counted && rows.total === 0 && (opened === null || phone)}
      >
        <div className={styles.split} data-testid="split">
          <SplitList
            ref={list}
            label={t("split.list", { objects: pluralOf(object) })}
            rows={rows}
            fields={fields}
            opened={phone ? null : opened}
            openedAt={at}
            nameOf={(row) => displayOf(row.record, display)}
            addressOf={(id) =>
              phone ? recordAddress(object.name, id) : `?${withRecord(params, id)}`
            }
            origin={origin}
            onOpen={open}
            onEnter={toRecord}
          />
          {!phone && (
            <section
              ref={page}
              className={styles.page}
              tabIndex={-1}
              aria-label={t("split.record", { object: object.title })}
              onKeyDown={leave}
              data-testid="split.record"
            >
              {opened ? (
                <Suspense fallback={<Skeleton lines={8} />}>
                  <RecordScreen key={opened} object={object} id={opened} beside />
                </Suspense>
              ) : (
                <EmptyState icon="split" title={t("split.none")}>
                  <p>{t("split.keys")}</p>
                </EmptyState>
              )}
            </section>
          )}
        </div>
      </ListStates>
      <ListFooter object={object} state={state} total={rows.total} />
    </>
  );
}

function withRecord(params: URLSearchParams, id: string): string {
  const next = new URLSearchParams(params);
  next.set("record", id);
  return next.toString();
}

function indexOf(
  rowAt: (index: number) => ListRow | undefined,
  length: number,
  id: string | null,
): number {
  for (let index = 0; id !== null && index < length; index++) {
    if (rowAt(index)?.record.id === id) return index;
  }
  return -1;
}
