import { useQueryClient } from "@tanstack/react-query";
import {
  type FocusEvent,
  type KeyboardEvent,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { recordQuery } from "@/api/records";
import { useMe } from "@/api/session";
import type { RecordAnswer, Value } from "@/api/types";
import { faultText } from "@/components/fault-view";
import type { Leave } from "@/components/grid/model";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { ValueView } from "@/kinds/field/value-view";
import { sameValue } from "@/lib/same-value";
import { isSubmitKey } from "@/lib/submit-key";
import type { ListRow } from "../list/use-rows";
import { useWaiting } from "../outbox/use-waiting";
import styles from "./edit.module.css";
import { lockedReason, rowChange } from "./row-change";
import type { CellFault, CellSaves } from "./use-cell-saves";

/** What judges comes beside the editor, not before it. */
const rules = import("../form/rules");

function useLateRules(object: string) {
  const { rulesOf } = use(rules);
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const zone = useFormat().reader.timezone;
  return useMemo(
    () => rulesOf({ t, catalog, me, zone }, object),
    [rulesOf, t, catalog, me, zone, object],
  );
}

interface CellEditorProps {
  readonly object: string;
  readonly row: ListRow;
  readonly field: Field;
  readonly fault: CellFault | undefined;
  readonly saves: CellSaves;
  readonly note: string;
  readonly leave: (to: Leave) => void;
}

/** A cell that is to be changed: the record is asked for as it is now, and so are its rules. */
export default function CellEditor(props: CellEditorProps) {
  const { object, row, field, note } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [base, setBase] = useState<RecordAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { id } = row.record;
  const over = useRef(useWaiting(object).over);
  useEffect(() => {
    let gone = false;
    client.fetchQuery({ ...recordQuery(object, id), staleTime: 0 }).then(
      (answer) => !gone && setBase({ ...answer, data: over.current(answer.data) }),
      (failed: unknown) => !gone && setError(failed),
    );
    return () => {
      gone = true;
    };
  }, [client, object, id]);
  if (base) return <OpenCell {...props} base={base} />;
  return (
    <>
      <ValueView field={field} value={row.record[field.name]} included={row.included} brief />
      {error !== null && <CellNote id={note} tone="fault" text={faultText(error, t)} />}
    </>
  );
}

const popups = ".ant-select-dropdown, .ant-picker-dropdown, .ant-cascader-dropdown";

function OpenCell(props: CellEditorProps & { readonly base: RecordAnswer }) {
  const { object, field, base, fault, saves, note, leave } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useCatalog().fields(object);
  const [value, setValue] = useState<Value>(fault?.value ?? base.data[field.name] ?? null);
  const [error, setError] = useState(fault?.message);
  const latest = useRef(value);
  const done = useRef(false);
  const judge = useLateRules(object);
  const reason = lockedReason(judge(base, base.data), base.can, field, t);
  const { large, chosen, Input } = lookOf(field);
  const box = useFocus(reason === undefined && !large);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is asked once, when the cell is opened
  useEffect(() => {
    if (reason !== undefined || !large) return;
    saves.ask({ kind: "lacks", base, values: {}, fields: [field.name], reason: "" });
    leave("stay");
  }, []);

  const leaveWith = (to: Leave) => {
    done.current = true;
    leave(to);
  };
  const commit = (to: Leave, next = latest.current) => {
    if (done.current) return;
    const { id } = base.data;
    if (sameValue(next, base.data[field.name])) {
      saves.forgive(id, [field.name]);
      leaveWith(to);
      return;
    }
    const { values: mine, lacks, asked } = rowChange(judge, fields, base, { [field.name]: next });
    const lack = lacks[field.name];
    if (lack) {
      const message = t(`form.fault.${lack}`);
      if (to !== "away") return setError(message);
      saves.refuse(id, { [field.name]: next }, message);
      return leaveWith(to);
    }
    leaveWith(to);
    const emptied = fields.filter(({ name }) => name !== field.name && name in mine);
    const names = format.list(emptied.map(({ title }) => title));
    const note = names && t("cell.emptied", { names, field: field.title });
    if (asked.length === 0) void saves.save(base, mine, false, note);
    else
      saves.ask({
        kind: "lacks",
        base,
        values: withoutAsked(mine, asked),
        fields: asked,
        reason: t("cell.alsoNeeded"),
      });
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      saves.forgive(base.data.id, [field.name]);
      leaveWith("stay");
    } else if (event.key === "Tab") {
      event.preventDefault();
      commit(event.shiftKey ? "left" : "right");
    } else if (isSubmitKey(event) && !chosen && !event.shiftKey) {
      event.preventDefault();
      commit("down");
    }
  };
  const blur = (event: FocusEvent) => {
    const to = event.relatedTarget;
    const inside = to instanceof Element && (box.current?.contains(to) || to.closest(popups));
    if (!inside && !event.target.closest(popups)) commit("away");
  };
  if (reason !== undefined) {
    return (
      <>
        <ValueView field={field} value={base.data[field.name]} included={base.included} brief />
        <CellNote id={note} tone="locked" text={reason} />
      </>
    );
  }
  const id = `${note}-control`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the control within
    <div
      ref={box}
      className={styles.editor}
      data-testid="cell.editor"
      onKeyDown={press}
      onBlur={blur}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Input
        field={field}
        label={field.title}
        ids={{
          id,
          describedBy: error ? note : undefined,
          invalid: Boolean(error),
          required: false,
        }}
        value={value}
        depends={field.dependsOn && (base.data[field.dependsOn] ?? null)}
        included={base.included}
        begin
        onChange={(next) => {
          latest.current = next;
          setValue(next);
          setError(undefined);
          if (chosen) commit("stay", next);
        }}
        testId={`cell.${field.name}`}
      />
      {error && <CellNote id={note} tone="fault" text={error} />}
    </div>
  );
}

interface CellNoteProps {
  readonly id: string;
  readonly tone: "locked" | "fault";
  readonly text: string;
}

/** What is said about a cell, below it. */
function CellNote({ id, tone, text }: CellNoteProps) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView?.({ block: "nearest" });
  }, []);
  return (
    <p
      ref={place}
      id={id}
      role="status"
      className={styles.note}
      data-tone={tone}
      data-testid="cell.note"
    >
      <Icon name={tone === "locked" ? "lock" : "warning"} />
      {text}
    </p>
  );
}

/** Gives the control within a box the focus, as soon as there is one. */
function useFocus(wanted: boolean) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = box;
    if (!current || !wanted) return;
    const take = () => {
      const control = current.querySelector<HTMLElement>("input, textarea");
      control?.focus();
      if (control instanceof HTMLInputElement) control.select();
      return control !== null;
    };
    if (take()) return;
    const watch = new MutationObserver(() => take() && watch.disconnect());
    watch.observe(current, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [wanted]);
  return box;
}

function withoutAsked(
  values: RecordAnswer["data"] | Record<string, Value>,
  asked: readonly string[],
) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !asked.includes(name)));
}
