import { useMatch } from "react-router";
import { useCatalog } from "@/api/meta";
import { lastMade } from "@/features/records/quick/last-made";
import { readKept } from "@/lib/kept";
import { useNavigation } from "./navigation";

/**
 * The objects of which one may make records from here: that of the page first, or else the one of
 * which one was made last.
 */
export function useMakeable(): readonly string[] {
  const catalog = useCatalog();
  const { items } = useNavigation();
  const here = useMatch("/o/:object/*")?.params.object;
  const isMade = (name: string) => catalog.object(name)?.can?.create === true;
  const names = items.flatMap((item) => item.object ?? []).filter(isMade);
  const last = names.filter((name) => name === readKept(lastMade));
  return [...new Set([here ?? "", ...last, ...names])].filter(isMade);
}
