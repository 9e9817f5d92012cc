import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Segmented } from "@/components/segmented";
import { isComposing, isSaveKey, isSubmitKey } from "@/lib/submit-key";
import { useDebounced } from "@/lib/use-debounced";
import type { Command } from "./command";
import styles from "./palette.module.css";
import { type Scope, scopes, useResults } from "./use-results";

const rest = 120;

/** What a sign at the beginning narrows the search to. */
const signs: Readonly<Record<string, Scope>> = { ">": "commands", "@": "people", "#": "records" };

interface PaletteProps {
  readonly commands: readonly Command[];
  readonly onClose: () => void;
}

/** One box that finds records and does what its commands say. */
export default function Palette({ commands, onClose }: PaletteProps) {
  const { t } = useTranslation();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Scope>("all");
  const [at, setAt] = useState(0);
  const scope = signs[typed.charAt(0)] ?? chosen;
  const text = (scope === chosen ? typed : typed.slice(1)).trim();
  const asked = useDebounced(text, rest);
  const { groups, searching } = useResults(commands, text, asked, scope);
  const all = groups.flatMap((group) => group.items);
  const current = all[Math.min(at, all.length - 1)];
  useEffect(() => {
    dialog.current?.showModal();
    input.current?.focus();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the current one comes in sight
  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [current?.key]);

  const run = (command: Command, elsewhere: boolean) => {
    dialog.current?.close();
    if (elsewhere && command.to) window.open(command.to, "_blank", "noopener");
    else command.perform();
  };
  const press = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length > 0)
      setAt((Math.min(at, all.length - 1) + step + all.length) % all.length);
    else if (current && isSaveKey(event)) run(current, true);
    else if (current && isSubmitKey(event)) run(current, false);
    else return;
    event.preventDefault();
  };
  const count = searching ? "" : t("palette.found", { count: all.length });
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={t("palette.title")}
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && dialog.current.close()}
      data-testid="palette"
    >
      <div className={styles.inner}>
        <div className={styles.line}>
          <Icon name="search" large />
          <input
            ref={input}
            className={styles.input}
            role="combobox"
            aria-label={t("palette.title")}
            aria-expanded={all.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={current && `${id}-${current.key}`}
            autoComplete="off"
            spellCheck={false}
            placeholder={t("palette.hint")}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(0);
            }}
            onKeyDown={press}
            data-testid="palette.input"
          />
          <IconButton
            icon="close"
            label={t("action.close")}
            onClick={() => dialog.current?.close()}
          />
        </div>
        <div className={styles.scopes}>
          <Segmented
            label={t("palette.scope")}
            value={scope}
            choices={scopes.map((value) => ({ value, label: t(`palette.scopes.${value}`) }))}
            onChange={(next) => {
              setChosen(next);
              if (signs[typed.charAt(0)]) setTyped(typed.slice(1));
              setAt(0);
              input.current?.focus();
            }}
            testId="palette.scope"
          />
          <span className={styles.count} role="status">
            {count}
          </span>
        </div>
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t("palette.results")}
          className={styles.list}
          data-testid="palette.list"
        >
          {groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options is no fieldset
            <div key={group.key} role="group" aria-label={group.label}>
              <p className={styles.group} aria-hidden="true">
                {group.label}
              </p>
              {group.items.map((item) => (
                <Option
                  key={item.key}
                  id={`${id}-${item.key}`}
                  item={item}
                  current={item === current}
                  onHover={() => setAt(all.indexOf(item))}
                  onRun={(elsewhere) => run(item, elsewhere)}
                />
              ))}
            </div>
          ))}
        </div>
        {all.length === 0 && !searching && (
          <p className={styles.none} data-testid="palette.none">
            {t("palette.none")}
          </p>
        )}
      </div>
    </dialog>
  );
}

interface OptionProps {
  readonly id: string;
  readonly item: Command;
  readonly current: boolean;
  readonly onHover: () => void;
  readonly onRun: (elsewhere: boolean) => void;
}

function Option({ id, item, current, onHover, onRun }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the focus and the keys
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      id={id}
      role="option"
      aria-selected={current}
      className={styles.option}
      onPointerMove={onHover}
      onClick={(event) => onRun(event.ctrlKey || event.metaKey)}
      data-testid={`palette.${item.key}`}
    >
      <Icon name={item.icon} />
      <span className={styles.label}>{item.label}</span>
      {item.note && <span className={styles.note}>{item.note}</span>}
    </div>
  );
}
