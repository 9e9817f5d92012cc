import type { Card } from "@/api/definitions";

/** Where a card stands: its first column and row, from 1, and how many it takes. */
export interface Place {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The places of a dashboard's cards, in reading order. A card moves up over what is not there, such
 * as the cards that its reader may not see.
 */
export function placesOf(cards: readonly Card[]): readonly { card: Card; place: Place }[] {
  const settled: { card: Card; place: Place }[] = [];
  for (const card of [...cards].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const above = settled.filter(({ place }) => {
      return place.column <= card.x + card.w && card.x + 1 < place.column + place.width;
    });
    const row = Math.max(1, ...above.map(({ place }) => place.row + place.height));
    settled.push({ card, place: { column: card.x + 1, row, width: card.w, height: card.h } });
  }
  return settled;
}
