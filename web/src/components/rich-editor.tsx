import { type ClipboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { readRich, safeHref, writeRich } from "@/lib/rich-text";
import { Button } from "./button";
import type { ControlIds } from "./field-frame";
import styles from "./rich.module.css";

interface RichEditorProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly value: string;
  readonly onChange: (html: string) => void;
  readonly onBlur?: () => void;
  readonly disabled?: boolean;
  readonly testId?: string;
}

const tools = [
  { name: "bold", command: "bold" },
  { name: "italic", command: "italic" },
  { name: "heading", command: "formatBlock", value: "h3" },
  { name: "paragraph", command: "formatBlock", value: "p" },
  { name: "bullets", command: "insertUnorderedList" },
  { name: "numbers", command: "insertOrderedList" },
] as const;

const clean = (html: string) => writeRich(readRich(html));

/** Rich text being entered. What is typed or pasted is cleaned before it is handed on. */
export default function RichEditor(props: RichEditorProps) {
  const { ids, label, value, onChange, disabled = false } = props;
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const known = useRef("");
  useEffect(() => {
    // The browser edits the area itself; it is drawn again only when another value comes in.
    if (area.current && value !== known.current) {
      known.current = value;
      area.current.innerHTML = clean(value);
    }
  }, [value]);
  const changed = () => {
    known.current = clean(area.current?.innerHTML ?? "");
    onChange(known.current);
  };
  const run = (command: string, argument?: string) => {
    area.current?.focus();
    document.execCommand(command, false, argument);
    changed();
  };
  const link = () => {
    const address = safeHref(window.prompt(t("rich.address"), "https://"));
    if (address) run("createLink", address);
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    if (html) run("insertHTML", clean(html));
    else run("insertText", event.clipboardData.getData("text/plain"));
  };
  return (
    <div className={styles.editor} data-disabled={disabled || undefined}>
      <div className={styles.tools} role="toolbar" aria-label={t("rich.tools")}>
        {tools.map((tool) => (
          <Button
            key={tool.name}
            kind="quiet"
            disabled={disabled}
            onClick={() => run(tool.command, "value" in tool ? tool.value : undefined)}
          >
            {t(`rich.${tool.name}`)}
          </Button>
        ))}
        <Button kind="quiet" disabled={disabled} onClick={link}>
          {t("rich.link")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a textarea holds no marks */}
      <div
        ref={area}
        {...(ids && {
          id: ids.id,
          "aria-describedby": ids.describedBy,
          "aria-invalid": ids.invalid || undefined,
          "aria-required": ids.required || undefined,
          "aria-labelledby": `${ids.id}-label`,
        })}
        {...(label && { "aria-label": label })}
        className={styles.area}
        role="textbox"
        aria-multiline="true"
        aria-disabled={disabled || undefined}
        tabIndex={0}
        contentEditable={!disabled}
        suppressContentEditableWarning
        onInput={changed}
        onPaste={paste}
        onBlur={props.onBlur}
        data-testid={props.testId}
      />
    </div>
  );
}
