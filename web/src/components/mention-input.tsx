import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import type { Reference } from "@/api/types";
import { mentionAt } from "@/lib/mentions";
import { isSubmitKey } from "@/lib/submit-key";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./mention-input.module.css";

interface MentionInputProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
  /** Hears who was chosen. */
  readonly onMention: (person: Reference) => void;
  readonly testId?: string;
}

const people = "user";

/** A text in which an @ offers people; arrows and Enter choose, Escape leaves it as typed. */
export function MentionInput(props: MentionInputProps) {
  const { t } = useTranslation();
  const id = useId();
  const field = useRef<HTMLTextAreaElement | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const found = useFound(typed);
  const chosen = found[Math.min(at, found.length - 1)];
  const look = () => {
    const area = field.current;
    setTyped(area ? mentionAt(area.value, area.selectionStart) : null);
    setAt(0);
  };
  const choose = (person: Reference) => {
    const caret = field.current?.selectionStart ?? props.value.length;
    const start = caret - (typed?.length ?? 0);
    const before = `${props.value.slice(0, start)}${person.display} `;
    props.onMention(person);
    props.onChange(before + props.value.slice(caret).replace(/^ /, ""));
    setTyped(null);
    requestAnimationFrame(() => field.current?.setSelectionRange(before.length, before.length));
  };
  const press = (event: KeyboardEvent) => {
    if (typed === null || !chosen || event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt((at + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((at + found.length - 1) % found.length);
    else if (event.key === "Escape") setTyped(null);
    else if (event.key === "Tab" || (isSubmitKey(event) && !event.ctrlKey && !event.metaKey))
      choose(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const open = typed !== null && found.length > 0;
  return (
    <div className={styles.place}>
      <Input.TextArea
        ref={(made) => {
          field.current = made?.resizableTextArea?.textArea ?? null;
        }}
        aria-label={props.label}
        aria-autocomplete="list"
        aria-controls={open ? id : undefined}
        aria-activedescendant={open && chosen ? `${id}-${chosen.id}` : undefined}
        className={styles.area ?? ""}
        placeholder={props.placeholder}
        autoFocus={props.autoFocus}
        rows={2}
        value={props.value}
        onChange={(event) => {
          props.onChange(event.target.value);
          look();
        }}
        onSelect={look}
        onBlur={() => setTyped(null)}
        onKeyDown={press}
        data-testid={props.testId}
      />
      <output className="unseen" aria-live="polite">
        {open && t("mention.found", { count: found.length })}
      </output>
      {open && (
        <div id={id} role="listbox" aria-label={t("mention.people")} className={styles.people}>
          {found.map((person) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text's
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text
            <div
              key={person.id}
              id={`${id}-${person.id}`}
              role="option"
              aria-selected={person === chosen}
              className={styles.person}
              data-testid="mention.person"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(person)}
            >
              {person.display}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const offeredPeople = 6;

function useFound(typed: string | null): readonly Reference[] {
  const display = useCatalog().display(people);
  const text = useDebounced(typed ?? "", 150);
  const { data } = useQuery({ ...lookupQuery(people, display, text), enabled: typed !== null });
  return (data ?? []).slice(0, offeredPeople);
}
