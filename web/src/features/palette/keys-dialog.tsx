import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/dialog";
import { held } from "@/lib/key-names";
import type { KeyPlace } from "./command";
import styles from "./palette.module.css";

const general = [
  [[held, "K"], "palette"],
  [["/"], "palette"],
  [["?"], "list"],
  [["Esc"], "close"],
] as const;

const pages = [
  [["C"], "create"],
  [["J"], "next"],
  [["K"], "previous"],
  [["E"], "edit"],
  [["P"], "advance"],
  [[held, "Shift", "E"], "explain"],
  [["U"], "unread"],
  [[held, "Enter"], "save"],
  [[held, "Shift", "Enter"], "saveAnother"],
  [["Alt", "N"], "addLine"],
  [["Alt", "→"], "stepNext"],
  [["Alt", "←"], "stepBack"],
] as const;

/** The keys that work. */
export default function KeysDialog(props: { places: readonly KeyPlace[]; onClose: () => void }) {
  const { t } = useTranslation();
  const going = props.places.map(({ letter, label }) => {
    return { keys: ["G", letter.toUpperCase()], label };
  });
  const named = (list: typeof general | typeof pages) =>
    list.map(([keys, name]) => ({ keys, label: t(`keyboard.does.${name}`) }));
  return (
    <Dialog title={t("keyboard.title")} open wide onClose={props.onClose} testId="keys">
      <div className={styles.columns}>
        <Keys title={t("keyboard.everywhere")} list={named(general)} />
        <Keys title={t("keyboard.onPages")} list={named(pages)} />
        <Keys title={t("keyboard.going")} list={going} />
      </div>
      <p>{t("keyboard.off")}</p>
    </Dialog>
  );
}

interface KeysProps {
  readonly title: string;
  readonly list: readonly { readonly keys: readonly string[]; readonly label: string }[];
}

function Keys({ title, list }: KeysProps) {
  return (
    <section className={styles.keysPart}>
      <h3 className={styles.keysTitle}>{title}</h3>
      <dl className={styles.keys}>
        {list.map(({ keys, label }) => (
          <div key={keys.join(" ")} className={styles.key}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
