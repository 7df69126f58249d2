import type { Send, Stories } from "./played-calls";
import { percentile, round } from "./statistics";

export interface Speed {
  readonly latencyMilliseconds: { readonly requests: number; readonly p50: number; readonly p95: number };
  readonly throughput: {
    readonly requests: number;
    readonly concurrency: number;
    readonly requestsPerSecond: number;
  };
}

export const concurrency = 16;
/** Before anything counts: the thread is started, and the engine has compiled what is called most. */
const warmUpRequests = 20;

/** How fast calls are answered one after the other, and how many when sixteen callers wait at any time. */
export async function measureSpeed(stories: Stories, send: Send, requests: number): Promise<Speed> {
  await inTurn(stories, send, warmUpRequests);
  const latencies = await inTurn(stories, send, requests);
  return {
    latencyMilliseconds: { requests, p50: percentile(latencies, 50), p95: percentile(latencies, 95) },
    throughput: {
      requests,
      concurrency,
      requestsPerSecond: round(requests / (await secondsAtOnce(stories, send, requests))),
    },
  };
}

async function inTurn(stories: Stories, send: Send, requests: number): Promise<readonly number[]> {
  const calls = stories.calls();
  const milliseconds: number[] = [];
  while (milliseconds.length < requests) {
    const call = calls.next().value;
    const started = performance.now();
    await send(call);
    milliseconds.push(performance.now() - started);
  }
  return milliseconds;
}

/** Each caller plays stories of its own, since the calls of one have an order. */
async function secondsAtOnce(stories: Stories, send: Send, requests: number): Promise<number> {
  let begun = 0;
  const caller = async () => {
    for (const call of stories.calls()) {
      if (begun === requests) return;
      begun += 1;
      await send(call);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, caller));
  return (performance.now() - started) / 1000;
}
