/** The query of an interrupted run: the next one reads its result instead of paying for another. */

import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { RunState } from "../run-state";

const schema = v.object({
  version: v.literal(1),
  /** Athena takes a query of one token once: also when nobody heard the id. */
  token: v.string(),
  started: v.pipe(v.string(), v.isoTimestamp()),
  query: v.exactOptional(v.string()),
});

type Stored = v.InferOutput<typeof schema>;

/** Older ones are not gone on with: Athena's tables may have changed. */
const longestMilliseconds = 60 * 60 * 1000;

export class QueryState {
  private stored: Stored;

  private constructor(
    private readonly state: RunState,
    stored: Stored | undefined,
  ) {
    this.stored = stored ?? freshState();
  }

  static load(state: RunState): QueryState {
    const { success, output } = v.safeParse(schema, state.load());
    const isRecent = success && Date.now() - Date.parse(output.started) < longestMilliseconds;
    return new QueryState(state, isRecent ? output : undefined);
  }

  get token(): string {
    return this.stored.token;
  }

  /** Of the interrupted run. */
  get query(): string | undefined {
    return this.stored.query;
  }

  /** @param query once its id is known. */
  save(query?: string): void {
    this.stored = { ...this.stored, ...(query !== undefined && { query }) };
    this.state.save(this.stored);
  }

  /** The next query is another one. */
  forget(): void {
    this.state.finish();
    this.stored = freshState();
  }
}

const freshState = (): Stored => ({ version: 1, token: randomUUID(), started: new Date().toISOString() });
