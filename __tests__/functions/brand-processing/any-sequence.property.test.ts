/** Whatever happens to a brand in whatever order: allowed transitions alone, by conditional writes alone. */

import fc from "fast-check";
import type { BrandStatus } from "../../../functions/brand-processing/model";
import { Starter } from "../../../functions/brand-processing/starter";
import { Steps } from "../../../functions/brand-processing/steps";
import { Sweeper } from "../../../functions/brand-processing/sweeper";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { itemProblems } from "../../../tables/item";
import { brandItem, coffee, executionArn, putBrand, storedBrand, TestExecutions } from "../../support/brands";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { interceptedClient } from "../../support/intercepted-client";

const mostRetries = 2;

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(brandProcessingStatus)));
afterAll(() => table.stop());

const allowed: Readonly<Record<BrandStatus, readonly BrandStatus[]>> = {
  unprocessed: ["processing"],
  processing: ["completed", "failed", "retry"],
  completed: [],
  failed: ["retry"],
  retry: ["processing"],
};

type Event =
  | { readonly kind: "start" | "sweep" | "die" }
  | { readonly kind: "claim" | "complete" | "fail"; readonly attempt: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constantFrom("start", "start", "sweep", "die") }),
  fc.record({
    kind: fc.constantFrom("claim", "complete", "fail"),
    // One in a while is of an attempt that is over, or never was.
    attempt: fc.integer({ min: 1, max: mostRetries + 2 }),
  }),
);

const stamp = "20260215T120000Z";
const error = { Error: "AnswerRefused", Cause: "The model's answer is not JSON." };

it("keeps to the transitions, and to the limit of retries", async () => {
  let brandid = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 24 }), async (events) => {
      brandid += 1;
      await putBrand(table, brandItem({ brandid }));
      let minutes = 0;
      const writes: object[] = [];
      const client = interceptedClient(table.client, async ({ name, input }, send) => {
        if (name === "UpdateCommand") writes.push(input);
        return send();
      });
      const clock = () => new Date(Date.UTC(2026, 1, 15, 12, minutes));
      const executions = new TestExecutions();
      const props = { tableName: table.name, client, clock, executions, mostRetries, staleAfterMinutes: 20 };
      const [starter, steps, sweeper] = [new Starter(props), new Steps(props), new Sweeper(props)];
      const execution = (attempt: number) => executionArn(`brand-${brandid}-attempt-${attempt}-${stamp}`);
      const apply = async (event: Event): Promise<void> => {
        switch (event.kind) {
          case "start":
            await starter.start(brandid);
            return;
          case "sweep":
            minutes += 30;
            await sweeper.run();
            return;
          case "die":
            executions.begun.forEach((name) => executions.kill(executionArn(name)));
            return;
          case "claim":
          case "complete":
          case "fail": {
            const { kind, attempt } = event;
            const more = { brandid, attempt, execution: execution(attempt) };
            if (kind === "claim") await steps.claim(more);
            else if (kind === "complete") await steps.complete({ ...more, metadata: coffee });
            else await steps.fail({ ...more, error });
          }
        }
      };
      let before = await storedBrand(table, brandid);
      for (const one of events) {
        writes.length = 0;
        await apply(one);
        const after = await storedBrand(table, brandid);
        expect(itemProblems(brandProcessingStatus, after)).toEqual([]);
        expect(after["retry_count"]).toBeGreaterThanOrEqual(before["retry_count"] as number);
        expect(after["retry_count"]).toBeLessThanOrEqual(mostRetries);
        // A claim repeated moves the time alone.
        const moves = writes.filter((write) => JSON.stringify(write).includes('"status"')).length;
        expect(reachable(before["status"] as BrandStatus, moves)).toContain(after["status"]);
        // What changed has changed its time, by conditional writes.
        expect(after["updated_at"] === before["updated_at"]).toBe(writes.length === 0);
        for (const write of writes)
          expect(write).toHaveProperty("ConditionExpression", "#version = :present");
        before = after;
      }
      expect(new Set(executions.begun).size).toBe(executions.begun.length);
      // Brands of earlier runs are no longer swept.
      await putBrand(table, brandItem({ brandid, status: "completed" }));
    }),
    { numRuns: 60, seed: 5 },
  );
}, 120_000);

/** Where a brand may stand after a number of writes. */
function reachable(from: BrandStatus, writes: number): readonly BrandStatus[] {
  return writes === 0 ? [from] : allowed[from].flatMap((next) => reachable(next, writes - 1));
}
