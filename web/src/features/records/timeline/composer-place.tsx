import { lazy, Suspense, useId } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityObject } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import type { Values } from "@/api/types";
import { Button } from "@/components/button";
import { Sheet } from "@/components/dialog";
import { type IconName, isIconName } from "@/components/icon";
import { useToast } from "@/components/toaster";
import { usePhone } from "@/components/use-media";
import type { About } from "./activity-model";
import { ActivityComposer, NoteComposer } from "./composer";
import styles from "./timeline.module.css";

const MailComposer = lazy(() => import("./mail-composer"));

/** A way to add to a timeline. */
export interface Composer {
  readonly key: string;
  readonly label: string;
  readonly icon: IconName;
  readonly shortcut: string | undefined;
  /** Makes records of this object; without it, a comment. */
  readonly kind?: ActivityObject;
  /** Writes a mail to one of these addresses. */
  readonly addresses?: readonly string[];
}

/**
 * The ways to add to the timeline of a record: a note, what may be about it, and a mail to an address
 * that it has.
 */
export function useComposers(object: ObjectDefinition, record: Values): readonly Composer[] {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const note: Composer = { key: "note", label: t("timeline.note"), icon: "edit", shortcut: "n" };
  const kinds = catalog.activities(object.name).map((kind): Composer => {
    const { title, icon, name, behaviours } = kind.object;
    const shortcut = kind.activity.next ? "l" : behaviours?.due ? "t" : undefined;
    return { key: name, label: title, icon: isIconName(icon) ? icon : "plus", shortcut, kind };
  });
  if (object.behaviours?.comments === false) return kinds;
  const addresses = catalog
    .fields(object.name)
    .flatMap(({ field, name }) => (field === "email" ? String(record[name] ?? "") : []))
    .filter(Boolean);
  const mail: Composer = {
    key: "mail",
    label: t("mail.title"),
    icon: "mail",
    shortcut: "m",
    addresses,
  };
  return [note, ...kinds, ...(addresses.length > 0 ? [mail] : [])];
}

interface ComposerPlaceProps {
  readonly about: About;
  readonly composers: readonly Composer[];
  /** The one that is open; null shows none. */
  readonly composing: string | null;
  readonly onCompose: (key: string | null) => void;
  readonly onSent: () => void;
}

/** The ways to add to a timeline, of which one is open: below them, on a phone in a sheet. */
export function ComposerPlace(props: ComposerPlaceProps) {
  const { about, composers, composing, onCompose, onSent } = props;
  const { t } = useTranslation();
  const toast = useToast();
  const phone = usePhone();
  const place = useId();
  const open = composers.find(({ key }) => key === composing);
  if (composers.length === 0) return null;
  const sent = (waits: boolean) => {
    onCompose(null);
    onSent();
    toast({ text: waits ? t("outbox.kept") : t("timeline.added", { object: open?.label }) });
  };
  const form = open && (
    <div key={open.key} data-testid={`composer.${open.key}`}>
      {open.addresses ? (
        <Suspense>
          <MailComposer about={about} addresses={open.addresses} onSent={() => sent(false)} />
        </Suspense>
      ) : open.kind ? (
        <ActivityComposer about={about} kind={open.kind} autoFocus onSent={sent} />
      ) : (
        <NoteComposer about={about} autoFocus onSent={sent} />
      )}
    </div>
  );
  return (
    <div className={styles.composer}>
      <div className={styles.ways}>
        {composers.map(({ key, label, icon }) => (
          <Button
            key={key}
            icon={icon}
            expanded={key === composing}
            {...(!phone && { controls: place })}
            onClick={() => onCompose(key === composing ? null : key)}
            testId={`compose.${key}`}
          >
            {label}
          </Button>
        ))}
      </div>
      {phone ? (
        <Sheet
          below
          open={open !== undefined}
          title={open?.label ?? ""}
          onClose={() => onCompose(null)}
        >
          {form}
        </Sheet>
      ) : (
        <div id={place}>{form}</div>
      )}
    </div>
  );
}
