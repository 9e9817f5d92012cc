import { useTranslation } from "react-i18next";
import { recipientOf, type Share } from "@/api/shares";
import { IconButton } from "@/components/button";
import { Icon, type IconName } from "@/components/icon";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { useNeedsServer } from "@/components/use-needs-server";
import styles from "./share.module.css";

interface ShareRowProps {
  readonly share: Share;
  readonly name: string;
  readonly by: string;
  readonly may: boolean;
  readonly changing: boolean;
  readonly onChange: () => void;
  readonly onEnd: () => void;
}

const pictures: Readonly<Record<string, IconName>> = {
  user: "user",
  department: "building",
  team: "users",
  role: "key",
};

/** A share: with whom, what for, until when, and by whom it was made. */
export function ShareRow({ share, name, by, may, changing, onChange, onEnd }: ShareRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const offline = useNeedsServer() !== undefined;
  const { kind, id } = recipientOf(share.to);
  return (
    <li className={styles.row} data-changing={changing} data-testid={`share.with.${kind}.${id}`}>
      <Icon name={pictures[kind] ?? "user"} />
      <span className={styles.who}>
        <span className={styles.name}>
          {name}
          <Tag hue={share.access === "update" ? "blue" : "grey"}>
            {t(`share.access.${share.access}`)}
          </Tag>
        </span>
        <span className={styles.quiet}>
          {t("share.by", { kind: t(`share.kind.${kind}`), name: by, at: format.ago(share.at) })}
        </span>
        {share.until && (
          <time className={styles.quiet} dateTime={share.until}>
            {t("share.ends", { at: format.instant(share.until) })}
          </time>
        )}
      </span>
      {may && (
        <span className={styles.acts}>
          <IconButton
            icon="edit"
            label={t("share.change", { name })}
            pressed={changing}
            disabled={offline}
            onClick={onChange}
            testId={`share.change.${id}`}
          />
          <IconButton
            icon="close"
            label={t("share.end", { name })}
            disabled={offline}
            onClick={onEnd}
            testId={`share.end.${id}`}
          />
        </span>
      )}
    </li>
  );
}
