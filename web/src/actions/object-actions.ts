import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { useMe } from "@/api/session";
import type { Action } from "@/components/action-button";
import { useNeedsServer } from "@/components/use-needs-server";
import { inSentence } from "@/lib/words";

/** What this person may do with an object's list. */
export function useActions(object: ObjectDefinition): readonly Action[] {
  const { t } = useTranslation();
  const me = useMe();
  const blocked = useNeedsServer();
  const actions: Action[] = [];
  if (object.can?.update && object.behaviours?.duplicates?.length) {
    actions.push({
      name: "duplicates",
      label: t("action.duplicates"),
      icon: "copy",
      to: `/o/${object.name}/duplicates`,
      blocked,
    });
  }
  if (object.can?.create && me.abilities.includes("import")) {
    actions.push({
      name: "import",
      label: t("action.import"),
      icon: "upload",
      to: `/o/${object.name}/import`,
      blocked,
    });
  }
  if (object.can?.create) {
    actions.push({
      name: "new",
      label: t("action.newOf", { object: inSentence(object.title) }),
      icon: "plus",
      primary: true,
      to: `/o/${object.name}/new`,
    });
  }
  return actions;
}
