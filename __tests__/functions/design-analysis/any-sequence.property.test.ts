/** Whatever an analysis service sends, the item stays one of the table, in the state that a small model says. */

import { GetCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { stepNames, type StepName } from "../../../functions/design-analysis/model";
import { Refusal, Tracker } from "../../../functions/design-analysis/tracker";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import { itemProblems } from "../../../tables/item";
import { anyText } from "../../support/any-text";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(designAnalysisTracking)));
afterAll(() => table.stop());

interface Event {
  readonly kind: "start" | "complete" | "fail" | "retry";
  /** Steps from the first one that is not completed: far ones are refused, and most sequences get on. */
  readonly ahead: number;
  readonly message?: string | undefined;
}

const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom("start", "start", "complete", "complete", "fail", "retry"),
  ahead: fc.constantFrom(0, 0, 0, 0, -1, 1),
  message: fc.option(anyText({ minLength: 1, maxLength: 3_000 }), { nil: undefined }),
});

/** How many steps are completed, and what the next one is: the rest follows. */
class Model {
  completed = 0;
  current: "pending" | "processing" | "failed" = "pending";

  get overall(): string {
    if (this.completed === stepNames.length) return "completed";
    if (this.current !== "pending") return this.current;
    return this.completed === 0 ? "pending" : "processing";
  }

  stepOf({ ahead }: Event): StepName {
    const index = Math.min(Math.max(this.completed + ahead, 0), stepNames.length - 1);
    return stepNames[index] ?? "chunking";
  }

  apply(kind: Event["kind"], step: StepName): void {
    if (stepNames.indexOf(step) !== this.completed) return;
    if (kind === "start" && this.current === "pending") this.current = "processing";
    if (kind === "retry" && this.current === "failed") this.current = "processing";
    if (kind === "fail" && this.current === "processing") this.current = "failed";
    if (kind === "complete" && this.current === "processing") {
      this.completed += 1;
      this.current = "pending";
    }
  }
}

async function send(tracker: Tracker, request_id: string, event: Event, step: StepName): Promise<void> {
  const call = { request_id, step, ...(event.message !== undefined && { message: event.message }) };
  const last = step === "activating" && { result_data: "s3://bucket/analysis-results/analysis_abc123.json" };
  switch (event.kind) {
    case "start":
      await tracker.startStep(call);
      return;
    case "retry":
      await tracker.retryStep(call);
      return;
    case "complete":
      await tracker.completeStep({ ...call, ...last });
      return;
    case "fail":
      await tracker.failStep({ message: "It failed.", ...call });
  }
}

it("leaves a valid item with the overall status that follows from its steps", async () => {
  const tracker = new Tracker({ tableName: table.name, client: table.client });
  const reached = new Set<string>();
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60, size: "max" }), async (events) => {
      const request_id = `analysis_${(requests += 1)}`;
      const model = new Model();
      await tracker.createRequest({
        request_id,
        research_data: "s3://bucket/research-data/interview.txt",
      });
      for (const one of events) {
        const step = model.stepOf(one);
        await send(tracker, request_id, one, step).catch((error: unknown) =>
          expect(error).toBeInstanceOf(Refusal),
        );
        model.apply(one.kind, step);
      }
      const { Item = {} } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: { request_id } }),
      );
      expect(itemProblems(designAnalysisTracking, Item)).toEqual([]);
      expect(Item["overall_status"]).toBe(model.overall);
      reached.add(model.overall);
    }),
    { numRuns: 80, seed: 5 },
  );
  expect([...reached].sort()).toEqual(["completed", "failed", "pending", "processing"]);
}, 120_000);
