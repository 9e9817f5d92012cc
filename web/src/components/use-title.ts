import { useEffect } from "react";
import { useBrand } from "./use-brand";

/** Names the page in the browser's tab. */
export function useTitle(title: string | undefined): void {
  const product = useBrand().brand.name || "Trellis";
  useEffect(() => {
    if (title) document.title = `${title} · ${product}`;
  }, [title, product]);
}
