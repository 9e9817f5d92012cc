import { useTranslation } from "react-i18next";
import { useActions } from "@/actions/object-actions";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf } from "@/api/meta";
import { ActionButton } from "@/components/action-button";
import { EmptyState } from "@/components/empty-state";
import { isIconName } from "@/components/icon";
import { inSentence } from "@/lib/words";

/** Nobody has recorded anything yet. */
export default function FirstUse({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  // There is nothing to compare yet.
  const actions = useActions(object).filter(({ name }) => name !== "duplicates");
  return (
    <EmptyState
      icon={isIconName(object.icon) ? object.icon : "list"}
      title={t("list.firstUse", { objects: inSentence(pluralOf(object)) })}
      testId="list.firstUse"
      actions={actions.map((action) => <ActionButton key={action.name} action={action} />)}
    >
      {actions.length > 0 && <p>{t("list.firstUseText")}</p>}
    </EmptyState>
  );
}
