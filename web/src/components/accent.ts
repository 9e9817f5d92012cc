import { blend, contrast, readable, readableOn } from "@/lib/accent";
import { type Colour, colours, type Scheme } from "@/styles/tokens";

/**
 * The colours of a scheme that follow from an accent. It is darkened or lightened as far as it takes to
 * be read: nobody chooses a colour that people cannot.
 */
export function accented(scheme: Scheme, accent: string): Partial<Record<Colour, string>> {
  if (!accent) return {};
  const own = colours[scheme];
  const end = scheme === "light" ? "black" : "white";
  const selected = tint(accent, own.bg, [own.text, own["text-2"], own["text-3"]]);
  const grounds = [own.bg, own["bg-subtle"], own["bg-raised"], own["bg-hover"], selected];
  const brand = readableOn(accent, [own["brand-text"], own.bg], end);
  const link = readableOn(accent, grounds, end);
  return {
    brand,
    "brand-hover": blend(brand, own.text, 0.2),
    link,
    focus: link,
    "bg-selected": selected,
  };
}

/** As much of a colour on a ground as lets texts be read on it. */
function tint(colour: string, ground: string, texts: readonly string[]): string {
  for (let share = 0.24; share > 0.04; share -= 0.02) {
    const tried = blend(ground, colour, share);
    if (texts.every((text) => contrast(text, tried) >= readable)) return tried;
  }
  return ground;
}
