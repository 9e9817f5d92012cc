import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Catalog } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import type { Values } from "@/api/types";
import { Dialog, Sheet } from "@/components/dialog";
import { Segmented } from "@/components/segmented";
import { Select } from "@/components/select";
import { usePhone } from "@/components/use-media";
import { inSentence } from "@/lib/words";
import styles from "./quick.module.css";
import { QuickForm } from "./quick-form";

interface QuickCreateProps {
  /** The objects of which one may make records, that which is probably meant first. */
  readonly objects: readonly string[];
  readonly onClose: () => void;
  readonly onAnother: (object: string) => void;
}

const segments = 4;

/** A new record in a few fields, from anywhere; a dialog, or on a phone a sheet from below. */
export default function QuickCreate({ objects, onClose, onAnother }: QuickCreateProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const phone = usePhone();
  const [name, setName] = useState(objects[0] ?? "");
  const [started, start] = useState<Values>();
  const typed = useRef<Values>({});
  const leaving = useRef(onClose);
  const object = catalog.object(name);
  useFocusBack();
  if (!object) return null;
  const choices = objects.flatMap((one) => {
    const title = catalog.object(one)?.title;
    return title ? [{ value: one, label: title }] : [];
  });
  const choose = (next: string | null) => {
    if (!next || next === name) return;
    const fitting = carried(catalog, name, next, typed.current);
    start(Object.keys(fitting).length > 0 ? fitting : undefined);
    setName(next);
  };
  const TypeSwitch = choices.length > segments ? Select : Segmented;
  const content = (
    <div className={styles.quick}>
      {choices.length > 1 && (
        <TypeSwitch
          label={t("quick.type")}
          choices={choices}
          value={name}
          onChange={choose}
          testId="quick.type"
        />
      )}
      <QuickForm
        key={name}
        object={object}
        typed={started}
        leaving={leaving}
        onType={(values) => {
          typed.current = values;
        }}
        onClose={onClose}
        onAnother={() => onAnother(name)}
      />
    </div>
  );
  const overlay = {
    title: t("action.newOf", { object: inSentence(object.title) }),
    open: true,
    onClose: () => leaving.current(),
    testId: "quick",
  };
  if (phone) {
    return (
      <Sheet {...overlay} below>
        {content}
      </Sheet>
    );
  }
  return (
    <Dialog {...overlay} narrow>
      {content}
    </Dialog>
  );
}

/** When it is gone, the focus is where it was before. */
function useFocusBack() {
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [before]);
}

/** What of the values of one object another has, too: a field of the same name and kind. */
function carried(catalog: Catalog, from: string, to: string, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => {
      const [a, b] = [catalog.field(from, name), catalog.field(to, name)];
      return a && b && a.field === b.field && a.target === b.target && !a.oneOf && !a.system;
    }),
  );
}
