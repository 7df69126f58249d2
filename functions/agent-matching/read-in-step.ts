/** Reading a bounded number of pages from several places at once. */

type Key = Record<string, unknown>;

export interface PageRead<Item> {
  readonly items: readonly Item[];
  /** Absent after the last page. */
  readonly next?: Key | undefined;
}

/** Where and how much one page reads. */
export interface PageStart {
  /** The first page where there is none. */
  readonly from?: Key | undefined;
  /** Items; as many as a page holds where there is none. */
  readonly limit?: number | undefined;
}

export type ReadPage<Item> = (start: PageStart) => Promise<PageRead<Item>>;

/** Everything that is needed from one place: it is exhausted when all of its parts are. */
export type Source<Item> = readonly ReadPage<Item>[];

export interface Bound {
  /** Of each source. Where there are several, each part has a short first page on top. */
  readonly mostPages: number;
  /** Whether no further round begins. */
  readonly isOver: () => boolean;
  /** Whether a page that failed so only ends the reading, once another was read. */
  readonly isPassing: (error: unknown) => boolean;
}

/** Items of the first page where there are several sources: one with few items ends the reading cheaply. */
export const shortPageItems = 100;

/**
 * Reads all sources a page at a time until one of them is exhausted: the one with the fewest items. None has less
 * of the bound because of another.
 *
 * @returns whether one was exhausted within the bound.
 * @throws the error of a page, unless it is a passing one and something was read.
 */
export async function readInStep<Item>(
  sources: readonly Source<Item>[],
  { mostPages, isOver, isPassing }: Bound,
  take: (items: readonly Item[]) => void,
): Promise<boolean> {
  let hasRead = false;
  let open = sources.map((parts): OpenSource<Item> => ({
    parts: parts.map((read) => ({ read })),
    left: mostPages,
  }));
  let limit = open.length > 1 ? shortPageItems : undefined;
  for (;;) {
    if (limit === undefined) open = open.filter(({ parts, left }) => parts.length <= left);
    if (open.length === 0 || isOver()) return false;
    const rounds = await Promise.all(open.map((source) => nextRound(source, limit, take)));
    const failures = rounds.flatMap((round) => round.failures);
    hasRead ||= failures.length < open.flatMap(({ parts }) => parts).length;
    const fatal = failures.find((error) => !hasRead || !isPassing(error));
    if (fatal !== undefined) throw fatal;
    open = rounds.map(({ source }) => source);
    if (open.some(({ parts }) => parts.length === 0)) return true;
    if (failures.length > 0) return false;
    limit = undefined;
  }
}

interface OpenPart<Item> {
  readonly read: ReadPage<Item>;
  readonly from?: Key | undefined;
}

interface OpenSource<Item> {
  readonly parts: readonly OpenPart<Item>[];
  /** Pages that it may still read. */
  readonly left: number;
}

interface Round<Item> {
  /** What is left of the source. */
  readonly source: OpenSource<Item>;
  readonly failures: readonly Error[];
}

/** Reads the next page of each part; the other parts' pages are waited for when one fails. */
async function nextRound<Item>(
  { parts, left }: OpenSource<Item>,
  limit: number | undefined,
  take: (items: readonly Item[]) => void,
): Promise<Round<Item>> {
  const failures: Error[] = [];
  const remaining = await Promise.all(
    parts.map(async (part): Promise<readonly OpenPart<Item>[]> => {
      try {
        const { items, next } = await part.read({ from: part.from, limit });
        take(items);
        return next === undefined ? [] : [{ read: part.read, from: next }];
      } catch (error) {
        failures.push(error instanceof Error ? error : new Error("A page could not be read."));
        return [part];
      }
    }),
  );
  const source = { parts: remaining.flat(), left: limit === undefined ? left - parts.length : left };
  return { source, failures };
}
