import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { Select } from "@/components/select";
import { useObjectTitle } from "./matrix";
import styles from "./roles.module.css";

interface AddObjectProps {
  readonly known: readonly string[];
  readonly onAdd: (object: string) => void;
}

/** Adds a row to the matrix, on which the role opens nothing yet. */
export function AddObject({ known, onAdd }: AddObjectProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const titleOf = useObjectTitle();
  const others = [...catalog.objects.map(({ name }) => name), "*"].filter(
    (name) => !known.includes(name),
  );
  return (
    <div className={styles.control}>
      <Select
        label={t("roles.addObject")}
        placeholder={t("roles.addObject")}
        choices={others.map((value) => ({ value, label: titleOf(value) }))}
        value={null}
        onChange={(value) => value && onAdd(value)}
        testId="roles.addObject"
      />
    </div>
  );
}
