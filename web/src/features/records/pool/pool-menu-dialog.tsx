import type { ObjectDefinition } from "@/api/definitions";
import PoolDialog from "./pool-dialog";
import { usePoolActs } from "./use-pool-acts";

interface PoolMenuDialogProps {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly name: string;
  readonly action: "release" | "assign";
  readonly onClose: () => void;
}

/** Gives one record back, or to somebody. */
export default function PoolMenuDialog({ object, id, name, action, onClose }: PoolMenuDialogProps) {
  const { one } = usePoolActs(object.name);
  return (
    <PoolDialog
      object={object}
      action={action}
      name={name}
      onAct={(ask) => one(action, id, name, ask)}
      onClose={onClose}
    />
  );
}
