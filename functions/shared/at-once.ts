export interface AtOnceOptions {
  /** How many are under way at once. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/**
 * Does some work for each of many; the next one is taken only when one is done. After a failure, or when the
 * signal is aborted, nothing more is begun, and what runs is waited for.
 *
 * @throws what came first: what taking or working has thrown, or the signal's reason.
 */
export async function atOnce<T>(
  all: AsyncIterable<T> | Iterable<T>,
  { most, signal }: AtOnceOptions,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in all ? all[Symbol.asyncIterator]() : all[Symbol.iterator]();
  const failures: unknown[] = [];
  const hasFailed = () => failures.length > 0;
  const worker = async () => {
    try {
      while (!hasFailed()) {
        signal.throwIfAborted();
        const next = await iterator.next();
        if (next.done === true || hasFailed()) return;
        await work(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  await iterator.return?.();
  if (hasFailed()) throw failures[0];
}
