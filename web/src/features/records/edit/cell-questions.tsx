import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import DuplicateDialog from "../form/duplicate-dialog";
import FillDialog from "../move/fill-dialog";
import ConflictDialog from "../record/conflict-dialog";
import type { CellSaves, Question } from "./use-cell-saves";

interface CellQuestionsProps {
  readonly object: string;
  readonly question: Question;
  readonly saves: CellSaves;
}

/** What a person has to decide before a cell can be saved. */
export default function CellQuestions({ object, question, saves }: CellQuestionsProps) {
  const { t } = useTranslation();
  const display = useCatalog().display(object);
  const { base, values } = question;
  const close = saves.closeQuestion;
  if (question.kind === "conflict") {
    return (
      <ConflictDialog
        object={object}
        current={question.current}
        mine={values}
        fields={question.fields}
        onSettle={(chosen) => {
          close();
          if (Object.keys(chosen).length > 0) void saves.save(question.current, chosen);
        }}
        onClose={close}
      />
    );
  }
  if (question.kind === "alike") {
    return (
      <DuplicateDialog
        candidates={question.candidates}
        onSave={() => {
          close();
          void saves.save(base, values, true);
        }}
        onClose={close}
      />
    );
  }
  return (
    <FillDialog
      object={object}
      row={{ record: base.data, included: base.included }}
      refusal={{ reason: question.reason, values, fields: question.fields }}
      title={t("cell.fillTitle", { name: displayOf(base.data, display) })}
      save={t("form.save")}
      onMove={(all) => {
        close();
        void saves.save(base, all);
      }}
      onClose={close}
    />
  );
}
