import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FileRef, fileAddress, thumbnailAddress } from "@/api/files";
import { IconButton } from "./button";
import styles from "./files.module.css";
import { Icon } from "./icon";
import { ProgressBar } from "./progress-bar";
import { useFormat } from "./use-format";
import type { Upload } from "./use-uploads";

/** A file as a small picture, or as a sign for one. */
export function FilePicture({ file, small }: { file: FileRef; small?: boolean }) {
  const [broken, setBroken] = useState(false);
  const source = thumbnailAddress(file);
  return (
    <span className={styles.picture} data-small={small ?? false}>
      {source && !broken ? (
        <img src={source} alt="" loading="lazy" onError={() => setBroken(true)} />
      ) : (
        <Icon name="file" />
      )}
    </span>
  );
}

interface FileRowsProps {
  readonly files: readonly FileRef[];
  /** What else is known of each. */
  readonly note?: (file: FileRef) => string;
  readonly onRemove?: ((file: FileRef) => void) | undefined;
}

/** Files, one below the other: each can be downloaded and, perhaps, removed. */
export function FileRows({ files, note, onRemove }: FileRowsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={styles.rows}>
      {files.map((file) => (
        <li key={file.id} className={styles.row} data-testid={`file.${file.name}`}>
          <FilePicture file={file} />
          <span className={styles.words}>
            <a className={styles.name} href={fileAddress(file.id)} download={file.name}>
              {file.name}
            </a>
            <span className={styles.note}>
              {[format.bytes(file.size), note?.(file)].filter(Boolean).join(" · ")}
            </span>
          </span>
          {onRemove && (
            <IconButton
              icon="trash"
              small
              label={t("files.remove", { name: file.name })}
              onClick={() => onRemove(file)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

interface UploadRowsProps {
  readonly uploads: readonly Upload[];
  readonly onDismiss: (key: number) => void;
}

/** Files that are on their way, or that were refused, with the reason. */
export function UploadRows({ uploads, onDismiss }: UploadRowsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={styles.rows} aria-live="polite">
      {uploads.map(({ key, name, share, refusal }) => (
        <li key={key} className={styles.row} data-refused={refusal !== null}>
          <span className={styles.picture}>
            <Icon name={refusal === null ? "upload" : "warning"} />
          </span>
          <span className={styles.words}>
            <span className={styles.name}>{name}</span>
            {refusal === null ? (
              <ProgressBar
                label={t("files.sending", { name })}
                done={share}
                total={1}
                text={format.percent(Math.round(share * 100))}
              />
            ) : (
              <span className={styles.refusal}>{refusal}</span>
            )}
          </span>
          <IconButton
            icon="close"
            small
            label={t(refusal === null ? "files.cancel" : "files.dismiss", { name })}
            onClick={() => onDismiss(key)}
          />
        </li>
      ))}
    </ul>
  );
}
