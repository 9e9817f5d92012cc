import { useParams } from "react-router";
import { useCatalog } from "@/api/meta";
import { Missing } from "@/components/fault-view";
import { ListScreen } from "./list-screen";

/** The records of an object. */
export default function ListPage() {
  const { object = "" } = useParams();
  const definition = useCatalog().object(object);
  if (!definition) return <Missing />;
  return <ListScreen key={object} object={definition} />;
}
