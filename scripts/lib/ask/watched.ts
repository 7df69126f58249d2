import { CouldNotTell } from "../errors";

/**
 * The parts of a stream as they come, for as long as they come.
 *
 * @throws CouldNotTell after a silence; the signal's reason when it is aborted.
 */
export async function* watched<T>(
  parts: AsyncIterable<T>,
  silenceMilliseconds: number,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = parts[Symbol.asyncIterator]();
  for (;;) {
    const part = await nextPart(iterator, silenceMilliseconds, signal);
    if (part.done === true) return;
    yield part.value;
  }
}

async function nextPart<T>(
  iterator: AsyncIterator<T>,
  silenceMilliseconds: number,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    const silence = `The agent has said nothing for ${Math.round(silenceMilliseconds / 1000)} seconds. Ask again.`;
    timer = setTimeout(() => reject(new CouldNotTell(silence)), silenceMilliseconds);
  });
  try {
    return await Promise.race([iterator.next(), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
