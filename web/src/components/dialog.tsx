import { Drawer, Modal } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { sizes } from "@/styles/tokens";
import { Icon } from "./icon";

interface OverlayProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly footer?: ReactNode;
  readonly testId?: string;
  readonly children: ReactNode;
}

interface DialogProps extends OverlayProps {
  readonly firm?: boolean;
  readonly wide?: boolean;
  readonly narrow?: boolean;
}

/** A question over the page. `firm` keeps it until it is answered. */
export function Dialog(props: DialogProps) {
  const { t } = useTranslation();
  const { firm = false, wide, narrow } = props;
  const width = wide ? "form-width" : narrow ? "quick-width" : "dialog-width";
  return (
    <Modal
      title={props.title}
      open={props.open}
      onCancel={props.onClose}
      footer={props.footer ?? null}
      width={sizes[width]}
      mask={{ closable: false }}
      keyboard={!firm}
      closable={!firm && { "aria-label": t("action.close") }}
      closeIcon={<Icon name="close" />}
      destroyOnHidden
      centered
    >
      <div data-testid={props.testId}>{props.children}</div>
    </Modal>
  );
}

/** A panel that slides in from the side, or from below, at a thumb's reach. */
export function Sheet(props: OverlayProps & { readonly below?: boolean }) {
  const { t } = useTranslation();
  return (
    <Drawer
      title={props.title}
      open={props.open}
      onClose={props.onClose}
      footer={props.footer ?? null}
      {...(props.below
        ? { placement: "bottom" as const, size: "auto" }
        : { size: sizes["panel-width"] })}
      closable={{ "aria-label": t("action.close"), placement: "end" }}
      closeIcon={<Icon name="close" />}
      // The lock moves the focus inside; the panel itself would take it from a field that has it.
      autoFocus={false}
      destroyOnHidden
    >
      <div data-testid={props.testId}>{props.children}</div>
    </Drawer>
  );
}
