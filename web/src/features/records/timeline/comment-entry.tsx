import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { type Comment, deleteComment, editComment } from "@/api/timeline";
import type { Included } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { MentionInput } from "@/components/mention-input";
import { Menu } from "@/components/menu";
import { useToast } from "@/components/toaster";
import { keptText, type Named, partsOf, typedText } from "@/lib/mentions";
import type { About } from "./activity-model";
import { Sending } from "./composer";
import styles from "./timeline.module.css";

interface CommentEntryProps {
  readonly about: About;
  readonly comment: Comment;
  readonly included: Included | undefined;
  readonly onChanged: () => void;
}

/** What somebody said, with the people he mentions. */
export function CommentEntry({ about, comment, included, onChanged }: CommentEntryProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const named = namesIn(included);
  if (editing) {
    return (
      <EditComment
        about={about}
        comment={comment}
        named={named}
        onDone={() => {
          setEditing(false);
          onChanged();
        }}
        onCancel={() => setEditing(false)}
      />
    );
  }
  const items = [
    {
      key: "editComment",
      label: t("timeline.editNote"),
      icon: "edit" as const,
      perform: () => setEditing(true),
    },
    {
      key: "deleteComment",
      label: t("timeline.deleteNote"),
      icon: "trash" as const,
      danger: true,
      perform: () => setAsking(true),
    },
  ];
  return (
    <div className={styles.said}>
      <p className={styles.text}>
        {partsOf(comment.text, named).map((part, at) => {
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
          return part.person ? <b key={at}>{part.text}</b> : <span key={at}>{part.text}</span>;
        })}
        {comment.edited_at && <span className={styles.quiet}>{t("timeline.edited")}</span>}
      </p>
      {comment.by === me.id && (
        <Menu items={items} label={t("action.more")} icon="more" iconOnly testId="comment.more" />
      )}
      {asking && (
        <DeleteComment
          about={about}
          comment={comment}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            onChanged();
          }}
        />
      )}
    </div>
  );
}

function namesIn(included: Included | undefined): Named {
  const people = Object.values(included?.user ?? {});
  return Object.fromEntries(people.map(({ id, display }) => [id, display]));
}

interface EditCommentProps {
  readonly about: About;
  readonly comment: Comment;
  readonly named: Named;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function EditComment({ about, comment, named, onDone, onCancel }: EditCommentProps) {
  const { t } = useTranslation();
  const mentioned = Object.entries(named).filter(([id]) => comment.text.includes(id));
  const [people, setPeople] = useState<Named>(() => Object.fromEntries(mentioned));
  const [text, setText] = useState(() => typedText(comment.text, named));
  return (
    <Sending
      ready={text.trim() !== ""}
      onCancel={onCancel}
      onSend={async () => {
        await editComment(about.object, about.id, comment, keptText(text.trim(), people));
        onDone();
      }}
    >
      <MentionInput
        label={t("timeline.note")}
        value={text}
        autoFocus
        onChange={setText}
        onMention={({ id, display }) => setPeople((before) => ({ ...before, [id]: display }))}
        testId="comment.text"
      />
    </Sending>
  );
}

interface DeleteCommentProps {
  readonly about: About;
  readonly comment: Comment;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function DeleteComment({ about, comment, onClose, onDone }: DeleteCommentProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await deleteComment(about.object, about.id, comment);
      onDone();
    } catch (error) {
      toast({ text: faultText(error, t) });
      onClose();
    }
  };
  return (
    <Dialog
      open
      title={t("timeline.deleteNote")}
      onClose={onClose}
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button kind="danger" busy={busy} onClick={() => void remove()} testId="comment.delete">
            {t("timeline.deleteNote")}
          </Button>
        </>
      }
    >
      <p>{t("timeline.deleteNoteText")}</p>
    </Dialog>
  );
}
