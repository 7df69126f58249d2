import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "./progress";
import type { StatusApi } from "./status-api";

export interface PollOptions {
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
  /** Told of every answer that is not the last one again. */
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Follows every id until it is done.
 *
 * @returns how each ended.
 * @throws what stopped the first one that cannot be followed; the others stop then as well.
 */
export async function pollAll(
  api: Pick<StatusApi, "read">,
  ids: readonly string[],
  options: PollOptions,
): Promise<readonly Progress[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  // Every id waits on it.
  setMaxListeners(0, signal);
  const following = ids.map((id) => poll(api, id, { ...options, signal }));
  try {
    return await Promise.all(following);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(following);
    throw error;
  }
}

async function poll(
  api: Pick<StatusApi, "read">,
  id: string,
  { intervalSeconds, signal, onProgress }: PollOptions,
): Promise<Progress> {
  let etag: string | undefined;
  for (;;) {
    const answer = await api.read(id, etag, signal);
    if (answer !== undefined) {
      etag = answer.etag;
      onProgress(answer.progress);
      if (answer.progress.isDone) return answer.progress;
    }
    await sleep(intervalSeconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
