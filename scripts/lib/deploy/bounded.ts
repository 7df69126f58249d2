/** Jobs side by side, a few at a time, some after others. */

export interface Job<T> {
  readonly name: string;
  /** Names of jobs that must have succeeded before; those that are not in the list do not count. */
  readonly after?: readonly string[];
  run(): Promise<T>;
}

export type Settled<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "not begun" };

export interface BoundedOptions {
  readonly limit: number;
  readonly stopsOnFailure: boolean;
  /** Aborted, it lets no other job begin. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs jobs in the given order as far as they may. After a failure those that run come to their end; whether others
 * are begun, the caller says.
 *
 * @returns by name, for each job.
 */
export async function runBounded<T>(
  jobs: readonly Job<T>[],
  { limit, stopsOnFailure, signal }: BoundedOptions,
): Promise<ReadonlyMap<string, Settled<T>>> {
  const settled = new Map<string, Settled<T>>();
  const active = new Map<string, Promise<void>>();
  const names = new Set(jobs.map(({ name }) => name));
  const waiting = [...jobs];
  const isReady = ({ after = [] }: Job<T>) =>
    after.every((name) => !names.has(name) || settled.get(name)?.kind === "done");
  const hasFailed = () => [...settled.values()].some(({ kind }) => kind === "failed");
  const isStopped = () => signal?.aborted === true || (stopsOnFailure && hasFailed());

  for (;;) {
    while (active.size < limit && !isStopped()) {
      const index = waiting.findIndex(isReady);
      const [job] = index === -1 ? [] : waiting.splice(index, 1);
      if (job === undefined) break;
      active.set(job.name, settle(job));
    }
    if (active.size === 0) break;
    await Promise.race(active.values());
  }
  for (const { name } of waiting) settled.set(name, { kind: "not begun" });
  return settled;

  async function settle(job: Job<T>): Promise<void> {
    const { name } = job;
    try {
      settled.set(name, { kind: "done", value: await job.run() });
    } catch (error) {
      settled.set(name, { kind: "failed", error });
    } finally {
      active.delete(name);
    }
  }
}
