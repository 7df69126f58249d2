/** The story of document 004, against a DynamoDB: what is stored, and what is refused. */

import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Tracker, type AnalysisRequest } from "../../../functions/design-analysis/tracker";
import { viewOf } from "../../../functions/design-analysis/view";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import { itemProblems } from "../../../tables/item";
import { startEmulatedTable, testClock, type EmulatedTable } from "../../support/emulated-table";

const clock = testClock("2024-01-15T10:30:00Z");
const research_data = "s3://bucket/research-data/interview.txt";
const result_data = "s3://bucket/analysis-results/analysis_abc123.json";

let table: EmulatedTable;
let tracker: Tracker;
let requests = 0;
beforeAll(async () => {
  table = await startEmulatedTable(designAnalysisTracking);
  tracker = new Tracker({ tableName: table.name, client: table.client, clock: clock.read });
});
afterAll(() => table.stop());
beforeEach(() => clock.set("2024-01-15T10:30:00Z"));

async function stored(request_id: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { request_id }, ConsistentRead: true }),
  );
  return Item;
}

async function created(): Promise<string> {
  const request_id = `analysis_${(requests += 1)}`;
  await tracker.createRequest({ request_id, research_data });
  return request_id;
}

async function complete(
  request_id: string,
  ...steps: readonly ("chunking" | "inferring" | "relating" | "explaining")[]
): Promise<void> {
  for (const step of steps) {
    await tracker.startStep({ request_id, step });
    await tracker.completeStep({ request_id, step });
  }
}

/** What a call is refused with; it must change nothing. */
async function refusal(request_id: string, call: () => Promise<AnalysisRequest>): Promise<string> {
  const before = await stored(request_id);
  const error: unknown = await call().then(
    () => new Error("It was accepted."),
    (thrown: unknown) => thrown,
  );
  expect(await stored(request_id)).toEqual(before);
  return error instanceof Error ? `${Reflect.get(error, "code") as string}: ${error.message}` : "";
}

describe("the example of document 004", () => {
  it("is what its story leaves in the table, attribute for attribute", async () => {
    const request_id = "analysis_abc123";
    await tracker.createRequest({ request_id, research_data });
    await tracker.startStep({ request_id, step: "chunking" });
    clock.set("2024-01-15T10:30:45Z");
    await tracker.completeStep({
      request_id,
      step: "chunking",
      message: "Successfully created 15 chunks",
    });
    clock.set("2024-01-15T10:30:46Z");
    await tracker.startStep({ request_id, step: "inferring" });

    const item = (await stored(request_id)) ?? {};
    // The document shows this item twice, once with a location and once, as here, without: it is known when
    // the analysis completes.
    expect(item).toEqual({
      request_id,
      research_data,
      analysis_result: {
        result_data: "",
        steps_status: {
          chunking: {
            status: "completed",
            message: "Successfully created 15 chunks",
            started_at: "2024-01-15T10:30:00.000Z",
            completed_at: "2024-01-15T10:30:45.000Z",
          },
          inferring: {
            status: "processing",
            message: "Starting to infer meanings from chunks",
            started_at: "2024-01-15T10:30:46.000Z",
            completed_at: null,
          },
          relating: {
            status: "pending",
            message: "Waiting for inference to complete",
            started_at: null,
            completed_at: null,
          },
          explaining: {
            status: "pending",
            message: "Waiting for pattern analysis to complete",
            started_at: null,
            completed_at: null,
          },
          activating: {
            status: "pending",
            message: "Waiting for explanation to complete",
            started_at: null,
            completed_at: null,
          },
        },
      },
      created_at: "2024-01-15T10:30:00.000Z",
      updated_at: "2024-01-15T10:30:46.000Z",
      overall_status: "processing",
    });
    expect(itemProblems(designAnalysisTracking, item)).toEqual([]);
  });

  it("ends completed with the location of the result, after five steps", async () => {
    const request_id = await created();
    await complete(request_id, "chunking", "inferring", "relating", "explaining");
    await tracker.startStep({ request_id, step: "activating" });
    const request = await tracker.completeStep({ request_id, step: "activating", result_data });
    expect(viewOf(request)).toMatchObject({
      request_id,
      status: {
        overall_status: "completed",
        analysis_result: { result_data, steps_status: { activating: { status: "completed" } } },
      },
    });
  });
});

describe("a call repeated", () => {
  it("gives the same answer and changes nothing", async () => {
    const request_id = await created();
    await complete(request_id, "chunking", "inferring", "relating", "explaining");
    const step = "activating";
    const calls = [
      () => tracker.createRequest({ request_id, research_data }),
      () => tracker.startStep({ request_id, step }),
      () => tracker.failStep({ request_id, step, message: "The model did not answer." }),
      () => tracker.retryStep({ request_id, step }),
      () => tracker.completeStep({ request_id, step, result_data, message: "12 principles" }),
    ];
    for (const call of calls) {
      const first = await call();
      clock.set("2024-01-15T10:35:00Z");
      expect(await call()).toEqual(first);
      expect(await stored(request_id)).toEqual(first);
    }
  });

  it("is known however late it comes, when it names the attempt's time", async () => {
    const request_id = await created();
    const first = { request_id, step: "chunking", started_at: "2024-01-15T10:30:01.000Z" } as const;
    const second = { ...first, started_at: "2024-01-15T10:31:00.000Z" };
    await tracker.startStep(first);
    await tracker.failStep({ ...first, message: "Out of memory" });
    const retried = await tracker.retryStep(second);
    expect(await tracker.retryStep(second)).toEqual(retried);
    expect(await refusal(request_id, () => tracker.failStep({ ...first, message: "Out of memory" }))).toBe(
      "conflict: Step chunking is processing in another attempt than the one that this call ends.",
    );
  });
});

describe("a failed step", () => {
  it("fails the request, and is retried without touching the others", async () => {
    const request_id = await created();
    await complete(request_id, "chunking");
    await tracker.startStep({ request_id, step: "inferring" });
    const failed = await tracker.failStep({ request_id, step: "inferring", message: "Throttled" });
    expect(failed.overall_status).toBe("failed");
    expect(await refusal(request_id, () => tracker.startStep({ request_id, step: "inferring" }))).toBe(
      "conflict: Step inferring is failed: retry it.",
    );
    clock.set("2024-01-15T10:40:00Z");
    const retried = await tracker.retryStep({ request_id, step: "inferring" });
    expect(retried.overall_status).toBe("processing");
    expect(retried.analysis_result.steps_status.inferring).toEqual({
      status: "processing",
      message: "Starting to infer meanings from chunks",
      started_at: "2024-01-15T10:40:00.000Z",
      completed_at: null,
    });
    expect(retried.analysis_result.steps_status.chunking).toEqual(
      failed.analysis_result.steps_status.chunking,
    );
  });

  it("keeps 2 KB of what went wrong, with a mark where it was cut", async () => {
    const request_id = await created();
    await tracker.startStep({ request_id, step: "chunking" });
    const message = "Traceback (most recent call last): ".repeat(200);
    const { analysis_result } = await tracker.failStep({ request_id, step: "chunking", message });
    const kept = analysis_result.steps_status.chunking.message;
    expect(kept).toMatch(/^Traceback.*… \[truncated\]$/);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(2048);
  });
});

describe("a transition that is out of order is refused, names the state, and changes nothing:", () => {
  it("starting a step before the one before it has completed", async () => {
    const request_id = await created();
    await tracker.startStep({ request_id, step: "chunking" });
    expect(await refusal(request_id, () => tracker.startStep({ request_id, step: "inferring" }))).toBe(
      "conflict: Step inferring is pending, and chunking before it is processing.",
    );
  });

  it("completing or failing a step that was not started", async () => {
    const request_id = await created();
    const sentence = "conflict: Step chunking is pending: only one that is processing can end.";
    expect(await refusal(request_id, () => tracker.completeStep({ request_id, step: "chunking" }))).toBe(
      sentence,
    );
    expect(
      await refusal(request_id, () => tracker.failStep({ request_id, step: "chunking", message: "No." })),
    ).toBe(sentence);
  });

  it("a second completion that says something else, and a failure after it", async () => {
    const request_id = await created();
    await complete(request_id, "chunking");
    const message = "Successfully created 16 chunks";
    const completeAgain = () => tracker.completeStep({ request_id, step: "chunking", message });
    expect(await refusal(request_id, completeAgain)).toContain("conflict: Step chunking is completed");
    const fail = () => tracker.failStep({ request_id, step: "chunking", message: "Late." });
    expect(await refusal(request_id, fail)).toContain("conflict: Step chunking is completed");
  });

  it("a second completion of the analysis with another result", async () => {
    const request_id = await created();
    await complete(request_id, "chunking", "inferring", "relating", "explaining");
    await tracker.startStep({ request_id, step: "activating" });
    await tracker.completeStep({ request_id, step: "activating", result_data });
    const other = () =>
      tracker.completeStep({ request_id, step: "activating", result_data: "s3://bucket/other.json" });
    expect(await refusal(request_id, other)).toContain("conflict: Step activating is completed");
  });

  it("ending a step before it started", async () => {
    const request_id = await created();
    await tracker.startStep({ request_id, step: "chunking" });
    const completed_at = "2024-01-15T10:29:59Z";
    const early = () => tracker.completeStep({ request_id, step: "chunking", completed_at });
    expect(await refusal(request_id, early)).toBe(
      "invalid: completed_at must not be before the step's started_at.",
    );
  });

  it("retrying the attempt that failed by its own time", async () => {
    const request_id = await created();
    const attempt = { request_id, step: "chunking", started_at: "2024-01-15T10:30:01Z" } as const;
    await tracker.startStep(attempt);
    await tracker.failStep({ ...attempt, message: "Out of memory" });
    expect(await refusal(request_id, () => tracker.retryStep(attempt))).toBe(
      "conflict: Step chunking is failed, the attempt of that started_at: name another to retry it.",
    );
  });

  it("retrying a step that has not failed", async () => {
    const request_id = await created();
    expect(await refusal(request_id, () => tracker.retryStep({ request_id, step: "chunking" }))).toBe(
      "conflict: Step chunking is pending: only a failed one is retried.",
    );
  });

  it("creating the request again for other research data", async () => {
    const request_id = await created();
    const create = () => tracker.createRequest({ request_id, research_data: "s3://bucket/other.txt" });
    expect(await refusal(request_id, create)).toBe(
      "conflict: There is a request of that id for other research data; it is pending.",
    );
  });

  it("completing the analysis without its result, or an earlier step with one", async () => {
    const request_id = await created();
    expect(await refusal(request_id, () => tracker.completeStep({ request_id, step: "activating" }))).toBe(
      "invalid: result_data is missing: activating completes the analysis.",
    );
    expect(
      await refusal(request_id, () => tracker.completeStep({ request_id, step: "chunking", result_data })),
    ).toBe("invalid: result_data comes with activating, the last step.");
  });
});
