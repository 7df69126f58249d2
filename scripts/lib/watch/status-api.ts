/** One status API: a request at a time, retried while the trouble may pass, and never waited for without end. */

import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { CouldNotTell, describeError, orAbort } from "../errors";
import type { Adapter } from "./adapter";
import type { Authorization } from "./authorization";
import type { Progress } from "./progress";
import { printable } from "./text";
import { Turns } from "./turns";

export interface StatusApiOptions {
  readonly system: string;
  readonly adapter: Adapter;
  readonly url: URL;
  readonly authorization: Authorization;
  /** The first wait before another attempt; each further one is twice as long. */
  readonly retrySeconds: number;
  /** How long one answer is waited for; ten seconds by default. */
  readonly requestSeconds?: number;
  /** Told before another attempt, and with undefined when the API answers again. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

export interface Answer {
  readonly progress: Progress;
  readonly etag: string | undefined;
}

const attempts = 5;
const defaultRequestSeconds = 10;
const maximumWaitSeconds = 60;
/** Many ids must not become a burst of requests. */
const concurrentRequests = 8;

/** What may be over soon. */
class Trouble {
  constructor(
    readonly reason: string,
    readonly retryAfterSeconds?: number,
    /** Whether the API itself told the reason: then it is up, and the right one. */
    readonly isExplained = false,
  ) {}
}

export class StatusApi {
  private readonly turns = new Turns(concurrentRequests);

  constructor(private readonly options: StatusApiOptions) {}

  /**
   * Reads the status of an id.
   *
   * @returns undefined when it is still what the ETag stands for.
   * @throws CouldNotTell when the id is unknown, the API does not answer, refuses, or is another API.
   */
  async read(id: string, etag: string | undefined, signal: AbortSignal): Promise<Answer | undefined> {
    const { url, retrySeconds, onTrouble } = this.options;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.turns.take(() => this.attempt(id, etag, signal));
      if (!(answer instanceof Trouble)) {
        if (attempt > 1) onTrouble(undefined);
        return answer;
      }
      if (attempt === attempts) {
        const advice = answer.isExplained
          ? "Run this again once that is put right."
          : "Check that it is up and that the URL is right, then run this again.";
        throw new CouldNotTell(
          `The API at ${url.href} failed ${attempts} times in a row: ${answer.reason}. ${advice}`,
        );
      }
      const wait = Math.min(
        answer.retryAfterSeconds ?? retrySeconds * 2 ** (attempt - 1),
        maximumWaitSeconds,
      );
      onTrouble(`${answer.reason}; attempt ${attempt + 1} of ${attempts} in ${wait} s`);
      await sleep(wait * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  private async attempt(
    id: string,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer | undefined | Trouble> {
    signal.throwIfAborted();
    const { requestSeconds = defaultRequestSeconds } = this.options;
    const limit = new AbortController();
    const stop = () => limit.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    // AbortSignal.any forgets an AbortSignal.timeout when Node 20 collects garbage: the request would hang.
    const timer = setTimeout(() => limit.abort(), requestSeconds * 1000);
    try {
      return await this.ask(id, etag, limit.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CouldNotTell) throw error;
      const isLate = limit.signal.aborted;
      return new Trouble(isLate ? `no answer within ${requestSeconds} seconds` : describeError(error));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  private async ask(
    id: string,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer | undefined | Trouble> {
    const url = new URL(this.options.adapter.path(id), this.options.url);
    const headers = await orAbort(this.options.authorization.headers(url), signal);
    const response = await fetch(url, {
      headers: { ...headers, accept: "application/json", ...(etag && { "if-none-match": etag }) },
      // Elsewhere the token would be shown to somebody else.
      redirect: "manual",
      signal,
    });
    const body = await orAbort(response.text(), signal);
    return this.judge(id, response, body, etag);
  }

  private judge(
    id: string,
    { status, headers }: Response,
    body: string,
    etag: string | undefined,
  ): Answer | undefined | Trouble {
    const { system, adapter, url, authorization } = this.options;
    if (status === 200) {
      return { progress: this.parse(id, body), etag: headers.get("etag") ?? undefined };
    }
    if (status === 304 && etag !== undefined) return undefined;
    if (status === 401 || status === 403) {
      throw new CouldNotTell(
        `The API at ${url.href} refused the request (${status}). ${authorization.refused}`,
      );
    }
    const error = parseError(body);
    if (status === 429 || status >= 500) {
      const explanation = printable(error?.message ?? "").replace(/[\s.]+$/, "");
      const reason = [`HTTP ${status}`, explanation].filter(Boolean).join(": ");
      return new Trouble(reason, retryAfter(headers.get("retry-after")), explanation !== "");
    }
    if (error?.code === undefined) throw this.anotherApi(`HTTP ${status}`);
    if (status === 404) {
      throw new CouldNotTell(
        `There is no ${adapter.noun} "${printable(id)}" of ${system} at ${url.href}. Check the id and --env.`,
      );
    }
    throw new CouldNotTell(
      `The API at ${url.href} refused "${printable(id)}" (${status}): ${printable(error.message)}`,
    );
  }

  private parse(id: string, body: string): Progress {
    let answer: unknown;
    try {
      answer = JSON.parse(body);
    } catch {
      throw this.anotherApi("no JSON");
    }
    try {
      return this.options.adapter.read(id, answer);
    } catch (error) {
      if (!v.isValiError(error)) throw error;
      throw this.anotherApi(`see ${v.getDotPath(error.issues[0]) ?? "the whole answer"}`);
    }
  }

  private anotherApi(detail: string): CouldNotTell {
    const { system, url } = this.options;
    return new CouldNotTell(
      `The API at ${url.href} did not answer as the status API of ${system} does (${detail}). ` +
        "Check --system and --url.",
    );
  }
}

const errorSchema = v.object({ error: v.object({ code: v.optional(v.string()), message: v.string() }) });

/**
 * What an API says of its error. Those of our APIs have a code; API Gateway's own, for a path that it does not
 * know, has another shape.
 */
function parseError(body: string): v.InferOutput<typeof errorSchema>["error"] | undefined {
  try {
    return v.parse(errorSchema, JSON.parse(body)).error;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
