/** How the quickstart's story of the brands takes what the agent answers, and waits for the workflow. */

import type { Brand } from "../../functions/brand-processing/model";
import type { Agent } from "../../scripts/lib/ask/agent";
import type { Brands } from "../../functions/brand-processing/brands";
import { CouldNotTell } from "../../scripts/lib/errors";
import { ask, untilProcessed } from "../../scripts/lib/quickstart/brand-story";

const starbucks: Brand = {
  brandid: 12345,
  brandname: "Starbucks",
  sector: "Food & Beverage",
  status: "failed",
  created_at: "2026-02-15T12:00:00.000Z",
  updated_at: "2026-02-15T12:00:07.000Z",
  workflow_execution_arn: null,
  retry_count: 0,
  last_error: "AnswerRefused: the model's answer is no JSON.",
};
const { signal } = new AbortController();

type Table = Pick<Brands, "count" | "list">;

const tableOf = (completed: () => number, failed: readonly Brand[] = []): Table => ({
  count: () => Promise.resolve({ count: completed(), exact: true }),
  list: () => Promise.resolve({ brands: failed, more: false }),
});

describe("the story of the brands", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it("goes on when all brands are completed", async () => {
    let completed = 0;
    const waiting = untilProcessed(
      tableOf(() => (completed += 1)),
      signal,
    );
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(waiting).resolves.toBeUndefined();
  });

  it("ends at the first brand that failed, and says why", async () => {
    const waiting = untilProcessed(
      tableOf(() => 3, [starbucks]),
      signal,
    );
    await expect(waiting).rejects.toThrow(
      "The workflow of brand 12345 failed: AnswerRefused: the model's answer is no JSON.",
    );
  });

  it.each<[string, () => Promise<string>, string]>([
    [
      "something else",
      () => Promise.resolve("[stand-in for Bedrock, local only] Brand 12345 is not known."),
      'The agent answered "show brand 12345" without "Starbucks": [stand-in for Bedrock, local only] Brand',
    ],
    [
      "nothing, since an action failed",
      () => Promise.reject(new CouldNotTell("An action of the agent failed.")),
      'The agent did not answer "show brand 12345": An action of the agent failed.',
    ],
  ])("fails where the agent answers %s", async (_what, answer, message) => {
    const agent: Agent = {
      async *ask() {
        yield { kind: "text", text: await answer() };
      },
    };
    const error: unknown = await ask(agent, ["show brand 12345", "Starbucks"]).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toContain(`Error: ${message}`);
    expect(error).not.toBeInstanceOf(CouldNotTell);
  });

  it("ends after a minute in which nothing is over", async () => {
    const waiting = untilProcessed(
      tableOf(() => 3),
      signal,
    );
    const ended = expect(waiting).rejects.toThrow(/not completed after 60 seconds, and none has failed/);
    await jest.advanceTimersByTimeAsync(61_000);
    await ended;
  });
});
