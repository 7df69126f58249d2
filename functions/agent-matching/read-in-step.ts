/** Reading a bounded number of pages from several places at once. */

type Key = Record<string, unknown>;

export interface PageRead<Item> {
  readonly items: readonly Item[];
  /** Absent after the last page. */
  readonly next?: Key | undefined;
}

/** Reads one page from a key on, or the first. */
export type ReadPage<Item> = (start?: Key) => Promise<PageRead<Item>>;

/** Everything that is needed from one place: it is exhausted when all of its parts are. */
export type Source<Item> = readonly ReadPage<Item>[];

/**
 * Reads all sources a page at a time until one of them is exhausted: the one with the fewest items.
 *
 * @param mostPages of all sources together.
 * @returns whether one was exhausted before the pages were.
 */
export async function readInStep<Item>(
  sources: readonly Source<Item>[],
  mostPages: number,
  take: (items: readonly Item[]) => void,
): Promise<boolean> {
  let left = mostPages;
  let open = sources.map((source): readonly Source<Item>[number][] => source);
  while (open.every((parts) => parts.length > 0)) {
    const due = open.flat().length;
    if (due > left) return false;
    left -= due;
    open = await Promise.all(open.map((parts) => nextPages(parts, take)));
  }
  return true;
}

/** What is left of a source after the next page of each part. */
async function nextPages<Item>(
  parts: Source<Item>,
  take: (items: readonly Item[]) => void,
): Promise<Source<Item>> {
  const remaining = await Promise.all(
    parts.map(async (read): Promise<Source<Item>> => {
      const { items, next } = await read();
      take(items);
      return next === undefined ? [] : [(start = next) => read(start)];
    }),
  );
  return remaining.flat();
}
