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

export interface Bound {
  /** Of all sources together. */
  readonly mostPages: number;
  /** Whether no further round begins. */
  readonly isOver: () => boolean;
  /** Whether a page that failed so only ends the reading, once another was read. */
  readonly isPassing: (error: unknown) => boolean;
}

/**
 * Reads all sources a page at a time until one of them is exhausted: the one with the fewest items.
 *
 * @returns whether one was exhausted within the bound.
 * @throws the error of a page, unless it is a passing one and something was read.
 */
export async function readInStep<Item>(
  sources: readonly Source<Item>[],
  { mostPages, isOver, isPassing }: Bound,
  take: (items: readonly Item[]) => void,
): Promise<boolean> {
  let left = mostPages;
  let hasRead = false;
  let open = sources.map((source): readonly Source<Item>[number][] => source);
  for (;;) {
    const due = open.flat().length;
    if (due > left || isOver()) return false;
    left -= due;
    const rounds = await Promise.all(open.map((parts) => nextPages(parts, take)));
    const failures = rounds.flatMap((round) => round.failures);
    hasRead ||= failures.length < due;
    const fatal = failures.find((error) => !hasRead || !isPassing(error));
    if (fatal !== undefined) throw fatal;
    open = rounds.map((round) => round.parts);
    if (open.some((parts) => parts.length === 0)) return true;
    if (failures.length > 0) return false;
  }
}

interface Round<Item> {
  /** What is left of the source. */
  readonly parts: Source<Item>;
  readonly failures: readonly Error[];
}

/** Reads the next page of each part; the other parts' pages are waited for when one fails. */
async function nextPages<Item>(
  parts: Source<Item>,
  take: (items: readonly Item[]) => void,
): Promise<Round<Item>> {
  const failures: Error[] = [];
  const remaining = await Promise.all(
    parts.map(async (read): Promise<Source<Item>> => {
      try {
        const { items, next } = await read();
        take(items);
        return next === undefined ? [] : [(start = next) => read(start)];
      } catch (error) {
        failures.push(error instanceof Error ? error : new Error("A page could not be read."));
        return [read];
      }
    }),
  );
  return { parts: remaining.flat(), failures };
}
