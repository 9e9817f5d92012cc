import type { TFunction } from "i18next";
import type { Catalog } from "@/api/catalog";
import { pluralOf } from "@/api/meta";
import type { Notification, NotificationReason } from "@/api/notifications";
import type { Included } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import type { Formatter } from "@/lib/format";
import { inSentence } from "@/lib/words";

/** What it takes to put a notification into words. */
export interface Wording {
  readonly t: TFunction;
  readonly catalog: Catalog;
  readonly format: Formatter;
  readonly included: Included;
}

/** What has happened, as a sentence. */
export function headline(one: Notification, { t, catalog, format, included }: Wording): string {
  const object = catalog.object(one.object ?? "");
  const name = (id: string | null) => included.user?.[id ?? ""]?.display ?? t("history.somebody");
  const words = {
    who: name(one.by),
    person: name(one.for),
    count: one.count ?? 1,
    n: format.number(one.count ?? 1),
    objects: object ? inSentence(pluralOf(object)) : "",
    object: object ? inSentence(object.title) : "",
  };
  return one.for !== null && isPersonal(one.reason)
    ? t(`notifications.instead.${one.reason}`, words)
    : t(`notifications.reason.${one.reason}`, words);
}

/** Whether a reason concerns a person himself, so that another may be told in his place. */
function isPersonal(reason: NotificationReason): reason is "assigned" | "mentioned" | "reminded" {
  return reason === "assigned" || reason === "mentioned" || reason === "reminded";
}

/** More of it: what was said, or what it was changed to. */
export function detail(one: Notification, wording: Wording): string {
  if (one.comment) return withNames(one.comment.text, wording.included);
  if (!one.change || !one.object) return "";
  const { catalog, format, t, included } = wording;
  const { before, after } = one.change;
  const fields = Object.keys({ ...before, ...after }).flatMap(
    (name) => catalog.field(one.object ?? "", name) ?? [],
  );
  const sentences = fields.slice(0, most).map((field) => {
    const value = after?.[field.name] ?? null;
    if (value === null) return t("notifications.cleared", { field: field.title });
    const words = lookOf(field).text(value, { field, format, t, included });
    return t("notifications.set", { field: field.title, value: words });
  });
  if (fields.length > most)
    sentences.push(t("notifications.more", { count: fields.length - most }));
  return sentences.join(t("notifications.between"));
}

const most = 3;

/** A comment's text with the names of those whom it mentions. */
function withNames(text: string, included: Included): string {
  return text.replace(/@\[([0-9a-f-]{36})\]/g, (_, id: string) => {
    return `@${included.user?.[id]?.display ?? ""}`;
  });
}
