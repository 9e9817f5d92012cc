import { useEffect } from "react";
import { useMatch } from "react-router";
import { useCatalog } from "@/api/meta";
import { addRecent } from "@/lib/recent";

/** Remembers which records were opened, not what they are called. */
export function useRecent(): void {
  const match = useMatch("/o/:object/:id");
  const { object = "", id = "" } = match?.params ?? {};
  const known = useCatalog().object(object) !== undefined;
  useEffect(() => {
    if (known && /^[0-9a-f-]{36}$/.test(id)) addRecent({ object, id });
  }, [known, object, id]);
}
