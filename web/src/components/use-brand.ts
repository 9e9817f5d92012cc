import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { brandQuery } from "@/api/organisation";
import { useMaybeMe } from "@/api/session";
import type { Brand, Organisation } from "@/api/types";
import type { Scheme } from "@/styles/tokens";
import { accented } from "./accent";

const own: Brand = { name: "", accent: "", logo: "" };

/** How the product looks here, and whose it is; for strangers, too, once they have asked. */
export function useBrand(): Pick<Organisation, "name" | "brand"> {
  const me = useMaybeMe();
  const told = useQuery({ ...brandQuery, enabled: false }).data;
  return me?.organisation ?? told ?? { name: "", brand: own };
}

/** Writes the colours that follow from an accent on the page. */
export function useAccent(scheme: Scheme, accent: string): void {
  useEffect(() => {
    const { style } = document.documentElement;
    const colours = Object.entries(accented(scheme, accent));
    for (const [name, colour] of colours) style.setProperty(`--${name}`, colour);
    return () => {
      for (const [name] of colours) style.removeProperty(`--${name}`);
    };
  }, [scheme, accent]);
}
