import { useTranslation } from "react-i18next";
import type { Import, Mapping } from "@/api/imports";
import { Checkbox } from "@/components/checkbox";
import { FieldFrame } from "@/components/field-frame";
import { Icon } from "@/components/icon";
import { Select } from "@/components/select";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";

const encodings = ["utf-8", "gb18030", "gbk", "big5", "windows-1252"];
const separators = [",", ";", "\t", "|"] as const;

interface FileSettingsProps {
  readonly made: Import;
  readonly onChange: (change: Mapping) => void;
}

/** How the file is read; guessed, and open to correction. */
export function FileSettings({ made, onChange }: FileSettingsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { file, header } = made;
  const known = encodings.includes(file.encoding) ? encodings : [file.encoding, ...encodings];
  return (
    <section className={styles.file} aria-label={t("import.fileSettings")}>
      <p className={styles.fileName}>
        <Icon name="file" large />
        <span data-testid="import.file">{file.name}</span>
        <span className={styles.note}>{format.bytes(file.size)}</span>
      </p>
      {file.format === "csv" ? (
        <>
          <FieldFrame label={t("import.encoding")}>
            {(ids) => (
              <Select
                ids={ids}
                value={file.encoding}
                choices={known.map((value) => ({ value, label: value.toUpperCase() }))}
                onChange={(encoding) => encoding && onChange({ encoding })}
                testId="import.encoding"
              />
            )}
          </FieldFrame>
          <FieldFrame label={t("import.separator")}>
            {(ids) => (
              <Select
                ids={ids}
                value={file.separator}
                choices={separators.map((value) => ({ value, label: t(separatorNames[value]) }))}
                onChange={(separator) => separator && onChange({ separator })}
                testId="import.separator"
              />
            )}
          </FieldFrame>
        </>
      ) : (
        <FieldFrame label={t("import.sheet")}>
          {(ids) => (
            <Select
              ids={ids}
              value={file.sheet}
              choices={file.sheets.map((value) => ({ value, label: value }))}
              onChange={(sheet) => sheet && onChange({ sheet })}
              testId="import.sheet"
            />
          )}
        </FieldFrame>
      )}
      <Checkbox
        checked={header}
        onChange={(checked) => onChange({ header: checked })}
        testId="import.header"
      >
        {t("import.header")}
      </Checkbox>
    </section>
  );
}

const separatorNames = {
  ",": "import.separators.comma",
  ";": "import.separators.semicolon",
  "\t": "import.separators.tab",
  "|": "import.separators.bar",
} as const;
