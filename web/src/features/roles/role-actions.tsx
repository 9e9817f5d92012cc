import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { publishRoles, type Roles } from "@/api/roles";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Menu, type MenuItem } from "@/components/menu";
import { Notice } from "@/components/notice";
import { CompareDialog } from "./compare-dialog";
import { NewRoleDialog } from "./new-role-dialog";

interface RoleActionsProps {
  readonly roles: Roles;
  readonly name: string;
  readonly title: string;
  readonly edits: boolean;
}

/** What can be done with a whole role: it is compared, copied, and deleted while nobody holds it. */
export function RoleActions({ roles, name, title, edits }: RoleActionsProps) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<"compare" | "copy" | "delete">();
  const held = roles.held.get(name);
  const holders = (held?.people ?? 0) + (held?.inactive ?? 0);
  const close = () => setDoing(undefined);
  const editing: MenuItem[] = [
    {
      key: "copy",
      label: t("roles.copy"),
      icon: "copy",
      perform: () => setDoing("copy"),
    },
    {
      key: "delete",
      label: holders ? t("roles.deleteHeld", { count: holders }) : t("roles.delete"),
      icon: "trash",
      danger: true,
      disabled: holders > 0 || name === "member",
      perform: () => setDoing("delete"),
    },
  ];
  return (
    <>
      <Menu
        icon="more"
        iconOnly
        label={t("roles.more", { role: title })}
        testId="role.more"
        items={[
          {
            key: "compare",
            label: t("roles.compare"),
            icon: "split",
            perform: () => setDoing("compare"),
          },
          ...(edits ? editing : []),
        ]}
      />
      {doing === "compare" && <CompareDialog roles={roles} name={name} onClose={close} />}
      {doing === "copy" && <NewRoleDialog roles={roles} of={name} onClose={close} />}
      {doing === "delete" && (
        <DeleteDialog roles={roles} name={name} title={title} onClose={close} />
      )}
    </>
  );
}

function DeleteDialog(props: Omit<RoleActionsProps, "edits"> & { readonly onClose: () => void }) {
  const { roles, name, title, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<unknown>();
  const items = refusal instanceof Fault ? (refusal.problem.errors ?? []) : [];
  const remove = async () => {
    try {
      await publishRoles({
        base: roles.revision,
        definitions: [],
        delete: [{ kind: "role", name }],
      });
      navigate("/settings/roles");
      await client.invalidateQueries({ queryKey: keys.meta });
    } catch (error) {
      setRefusal(error);
    }
  };
  return (
    <Dialog
      open
      title={t("roles.deleteTitle", { role: title })}
      onClose={onClose}
      testId="roles.deleteDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="danger" onClick={() => void remove()} testId="roles.deleteAgreed">
            {t("action.delete")}
          </Button>
        </>
      }
    >
      {refusal === undefined ? (
        <p>{t("roles.deleteText")}</p>
      ) : (
        <Notice tone="danger" title={faultText(refusal, t)}>
          {items.map((item) => (
            <p key={item.pointer}>
              <code>{item.pointer}</code> {item.message}
            </p>
          ))}
        </Notice>
      )}
    </Dialog>
  );
}
