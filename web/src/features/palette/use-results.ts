import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { pluralOf, useCatalog } from "@/api/meta";
import { namesQuery, searchQuery } from "@/api/search";
import { isIconName } from "@/components/icon";
import { readRecent } from "@/lib/recent";
import { inSentence } from "@/lib/words";
import { type Command, matching } from "./command";

/** What is looked for. */
export const scopes = ["all", "records", "people", "commands"] as const;

/** One of them. */
export type Scope = (typeof scopes)[number];

interface Group {
  readonly key: string;
  readonly label: string;
  readonly items: readonly Command[];
}

const fewCommands = 6;
const fewObjects = 3;

/** What a typed text finds, in groups: records by their object, then commands. */
export function useResults(
  commands: readonly Command[],
  text: string,
  asked: string,
  scope: Scope,
): { readonly groups: readonly Group[]; readonly searching: boolean } {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const recents = useRecents();
  const navigate = useNavigate();
  const wanted = scope !== "commands" && asked !== "";
  const people = scope === "people" && catalog.object("user") ? ["user"] : undefined;
  const found = useQuery({ ...searchQuery(asked, people), enabled: wanted });
  const record = (object: string, id: string, label: string, note?: string): Command => {
    const icon = catalog.object(object)?.icon;
    const to = `/o/${object}/${id}`;
    return {
      key: `record.${id}`,
      label,
      note,
      icon: isIconName(icon) ? icon : "file",
      to,
      perform: () => void navigate(to),
    };
  };
  const groups: Group[] = [];
  if (text === "" && scope !== "commands" && scope !== "people") {
    const items = recents.map(({ object, id, display }) =>
      record(object, id, display, catalog.object(object)?.title),
    );
    groups.push({ key: "recent", label: t("palette.recent"), items });
  }
  for (const one of wanted && text !== "" ? (found.data ?? []) : []) {
    const object = catalog.object(one.object);
    if (!object) continue;
    const note = one.snippet !== one.display ? one.snippet : undefined;
    const item = record(one.object, one.id, one.display, note);
    const group = groups.find(({ key }) => key === one.object);
    if (group) Object.assign(group, { items: [...group.items, item] });
    else groups.push({ key: one.object, label: pluralOf(object), items: [item] });
  }
  if (scope === "all" || scope === "commands") {
    const fitting = matching(commands, text);
    const items = scope === "all" ? fitting.slice(0, fewCommands) : fitting;
    groups.push({ key: "commands", label: t("palette.scopes.commands"), items });
  }
  if (wanted && asked === text && scope === "all" && found.data?.length === 0) {
    const worked = catalog.objects.filter((one) => catalog.worked().includes(one.name));
    const makeable = worked.filter((one) => one.can?.create);
    const items = makeable.slice(0, fewObjects).map(({ name, title }): Command => {
      const given = new URLSearchParams({ [catalog.display(name)]: text });
      const to = `/o/${name}/new?${given}`;
      const label = t("palette.create", { text, object: inSentence(title) });
      return { key: `create.${name}`, label, icon: "plus", to, perform: () => void navigate(to) };
    });
    groups.push({ key: "create", label: t("action.new"), items });
  }
  const searching = text !== "" && scope !== "commands" && (asked !== text || found.isFetching);
  return { groups: groups.filter(({ items }) => items.length > 0), searching };
}

/** The records opened last, by the names that they have for this person now. */
function useRecents() {
  const catalog = useCatalog();
  const [recents] = useState(readRecent);
  const objects = [...new Set(recents.map(({ object }) => object))].filter((object) =>
    catalog.object(object),
  );
  const answers = useQueries({
    queries: objects.map((object) => {
      const ids = recents.filter((one) => one.object === object).map(({ id }) => id);
      return namesQuery(object, catalog.display(object), ids);
    }),
  });
  const names = new Map(answers.flatMap(({ data }) => (data ?? []).map((one) => [one.id, one])));
  return recents.flatMap(({ object, id }) => {
    const name = names.get(id);
    return name ? { object, id, display: name.display } : [];
  });
}
