import { farthestOffset, largestPage, type RecordQuery } from "@/api/records";
import type { RecordPage } from "@/api/types";

/** How many records are fetched at once. */
export const pageSize = 100;

type List = (query: RecordQuery, signal?: AbortSignal) => Promise<RecordPage>;

/**
 * Finds any page of a long list. The server skips at most ten thousand records by offset, from
 * the beginning or, in the opposite order, from the end; what lies between is reached by cursors,
 * which are remembered so that no way is gone twice.
 */
export class PageLocator {
  private readonly list: List;
  private readonly sort: readonly string[];
  private readonly total: () => number | undefined;
  private readonly cursors = new Map<number, string>();

  constructor(list: List, sort: readonly string[], total: () => number | undefined) {
    this.list = list;
    this.sort = sort;
    this.total = total;
  }

  /** The page with this number, counted from 0. */
  async page(number: number, signal?: AbortSignal): Promise<RecordPage> {
    const start = number * pageSize;
    const known = this.cursors.get(start);
    if (known) return this.remember(start, await this.ask({ cursor: known }, signal));
    if (start <= farthestOffset) {
      return this.remember(start, await this.ask({ offset: start || undefined }, signal));
    }
    const fromEnd = this.fromEnd(start);
    if (fromEnd) return this.backwards(fromEnd, signal);
    const cursor = await this.walkTo(start, signal);
    if (cursor === null) return { data: [], page: { next: null } };
    return this.remember(start, await this.ask({ cursor }, signal));
  }

  private ask(query: RecordQuery, signal?: AbortSignal): Promise<RecordPage> {
    return this.list({ limit: pageSize, ...query, sort: this.sort }, signal);
  }

  private remember(start: number, page: RecordPage): RecordPage {
    if (page.page.next) this.cursors.set(start + page.data.length, page.page.next);
    return page;
  }

  private fromEnd(start: number): { offset: number; limit: number } | null {
    const total = this.total();
    if (total === undefined || start >= total) return null;
    const limit = Math.min(pageSize, total - start);
    const offset = total - start - limit;
    return offset <= farthestOffset ? { offset, limit } : null;
  }

  private async backwards(
    { offset, limit }: { offset: number; limit: number },
    signal?: AbortSignal,
  ): Promise<RecordPage> {
    const query = { sort: opposite(this.sort), offset: offset || undefined, limit };
    const page = await this.list(query, signal);
    return { ...page, data: page.data.toReversed(), page: { next: null } };
  }

  private async walkTo(start: number, signal?: AbortSignal): Promise<string | null> {
    let at = farthestOffset;
    for (const index of this.cursors.keys()) if (index <= start && index > at) at = index;
    let cursor = this.cursors.get(at) ?? null;
    while (at < start) {
      const limit = Math.min(largestPage, start - at);
      const place = cursor ? { cursor } : { offset: at };
      const step = await this.ask({ ...place, limit, fields: ["id"] }, signal);
      cursor = step.page.next;
      if (!cursor) return null;
      at += limit;
      this.cursors.set(at, cursor);
    }
    return cursor;
  }
}

/** The same order from the other end. */
export function opposite(sort: readonly string[]): string[] {
  return sort.map((key) => (key.startsWith("-") ? key.slice(1) : `-${key}`));
}
