import { runBounded } from "../deploy/bounded";

/**
 * Does the same with each, a few at a time.
 *
 * @returns what came of them, in their order.
 * @throws the signal's reason when it is aborted, and what the first of them throws.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly R[]> {
  const jobs = items.map((item, index) => ({ name: String(index), run: () => run(item) }));
  const settled = await runBounded(jobs, { limit, signal, stopsOnFailure: true });
  const all = [...settled.values()];
  const failed = all.find((one) => one.kind === "failed");
  if (failed !== undefined) throw failed.error;
  signal?.throwIfAborted();
  return jobs.flatMap(({ name }) => {
    const one = settled.get(name);
    return one?.kind === "done" ? [one.value] : [];
  });
}
