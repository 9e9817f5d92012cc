import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { type FileRef, fileAddress, largestFile, type StoredFile, toldLimit } from "@/api/files";
import type { Document, Value } from "@/api/types";
import { FilePick } from "@/components/file-pick";
import { FilePicture, FileRows, UploadRows } from "@/components/file-rows";
import styles from "@/components/files.module.css";
import { useFormat } from "@/components/use-format";
import { useUploads } from "@/components/use-uploads";
import { rowsOf } from "./document";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

/** The files of a value: one, or a list of them. */
export function filesOf(value: Value): readonly FileRef[] {
  const list = Array.isArray(value) ? value : [value];
  return rowsOf(list.filter((one) => typeof one === "object")).flatMap(
    ({ id, name, size, type }) =>
      typeof id === "string" && typeof name === "string"
        ? [{ id, name, size: Number(size ?? 0), type: typeof type === "string" ? type : "" }]
        : [],
  );
}

function valueWith(files: readonly FileRef[], multiple: boolean): Value {
  const list: readonly Document[] = files.map(({ id, name, size, type }) => ({
    id,
    name,
    size,
    type,
  }));
  return multiple && list.length > 0 ? list : (list[0] ?? null);
}

function Files({ value, brief }: DisplayProps) {
  const files = filesOf(value);
  const [first] = files;
  if (!brief || !first) return <FileRows files={files} />;
  return (
    <span className={styles.brief}>
      <FilePicture file={first} small />
      <a className={styles.name} href={fileAddress(first.id)} download={first.name} tabIndex={-1}>
        {first.name}
      </a>
      {files.length > 1 && <span className={styles.note}>+{files.length - 1}</span>}
    </span>
  );
}

/** What the kind of pictures takes where its field says nothing. */
const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function FilesEntry({ field, value, onChange, ids, label, disabled, testId }: InputProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const multiple = field.multiple ?? false;
  const files = filesOf(value);
  const latest = useRef(files);
  latest.current = files;
  const set = (next: readonly FileRef[]) => {
    latest.current = next; // several may arrive before the form is drawn again
    onChange(valueWith(next, multiple));
  };
  const largest = Math.min(field.maxSize ?? largestFile, largestFile);
  const { uploads, dismiss, send } = useUploads(
    "/files",
    (stored: StoredFile) => set(multiple ? [...latest.current, stored] : [stored]),
    largest,
  );
  const accept = field.accept ?? (field.field === "image" ? pictures : []);
  const max = format.bytes(toldLimit(largest));
  return (
    <div className={styles.field}>
      <FileRows
        files={files}
        onRemove={disabled ? undefined : (gone) => set(files.filter((file) => file.id !== gone.id))}
      />
      <UploadRows uploads={uploads} onDismiss={dismiss} />
      <FilePick
        {...(ids && { ids })}
        {...(label && { label })}
        {...(testId && { testId })}
        {...(accept.length > 0 && { accept: accept.join(",") })}
        text={t(files.length > 0 && !multiple ? "files.replace" : "files.choose", { max })}
        multiple={multiple}
        disabled={disabled ?? false}
        onFiles={(chosen) => {
          for (const file of chosen) void send(file);
        }}
      />
    </div>
  );
}

/** Files of the record. */
export const file: FieldLook = {
  large: true,
  Display: Files,
  Input: FilesEntry,
  text: (value, { format }) => format.list(filesOf(value).map((one) => one.name)),
  operators: ["filled", "empty"],
  literal: quoted,
  width: "normal",
  unsortable: true,
};
