import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { useMe } from "@/api/session";
import type { Action } from "@/components/action-button";
import { isShortcut } from "@/lib/submit-key";
import { inSentence } from "@/lib/words";

/** What this person may do with an object's list. Its keys work while the page is open. */
export function useActions(object: ObjectDefinition): readonly Action[] {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const actions: Action[] = [];
  if (object.can?.update && object.behaviours?.duplicates?.length) {
    actions.push({
      name: "duplicates",
      label: t("action.duplicates"),
      icon: "copy",
      to: `/o/${object.name}/duplicates`,
    });
  }
  if (object.can?.create && me.abilities.includes("import")) {
    actions.push({
      name: "import",
      label: t("action.import"),
      icon: "upload",
      to: `/o/${object.name}/import`,
    });
  }
  if (object.can?.create) {
    actions.push({
      name: "new",
      label: t("action.newOf", { object: inSentence(object.title) }),
      icon: "plus",
      shortcut: "c",
      primary: true,
      to: `/o/${object.name}/new`,
    });
  }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const wanted = actions.find((one) => one.shortcut && isShortcut(event, one.shortcut));
      if (!wanted) return;
      event.preventDefault();
      navigate(wanted.to);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return actions;
}
