import { useOptions } from "@/api/meta";
import { optionPath } from "@/lib/option-tree";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { offered, TreeEntry } from "./select";

function Path({ field, value }: DisplayProps) {
  const options = useOptions(field);
  return <span className={styles.text}>{optionPath(options ?? [], String(value))}</span>;
}

function PathEntry(props: InputProps) {
  const options = useOptions(props.field);
  const { disabled = false, value } = props;
  return (
    <TreeEntry
      {...props}
      disabled={disabled || options === undefined}
      options={offered(options ?? [], value)}
    />
  );
}

/** A node of a large tree, such as the divisions of a country. */
export const region: FieldLook = {
  chosen: true,
  Display: Path,
  Input: PathEntry,
  text: (value, { field }) => optionPath(field.oneOf ?? [], String(value)),
  operators: ["under", "equals", "notEquals", "empty", "filled"],
  literal: quoted,
  width: "wide",
};
