/** The brands' query in Athena: started once, followed, stopped, and its result read page by page. */

import { AthenaClient, type QueryExecution } from "@aws-sdk/client-athena";
import {
  AthenaSource,
  brandsQuery,
  followQuery,
  longestStopMilliseconds,
  startQuery,
} from "../../../functions/brand-processing/athena-source";
import type { SourceRow } from "../../../functions/brand-processing/brand-row";
import { textLimitBytes } from "../../../functions/shared/bounded-text";
import { queryId, startAthenaStub, type AthenaStub } from "../../support/athena-stub";
import { athenaRows, fields, manyBrands, starbucks } from "../../support/brand-source";
import { fakeTimer } from "../../support/fake-timer";

let athena: AthenaStub;
let client: AthenaClient;
beforeAll(async () => {
  athena = await startAthenaStub();
  client = new AthenaClient({
    region: "us-east-1",
    endpoint: athena.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await athena.stop();
});
beforeEach(() => {
  athena.calls.length = 0;
  athena.states = [{ State: "SUCCEEDED" }];
  athena.fault = undefined;
  athena.hangs = undefined;
});

const { signal } = new AbortController();
const operations = () => athena.calls.map(({ operation }) => operation);
const settings = { database: "brands", workgroup: "primary", output: "s3://brand-results/athena/" };

it("asks both tables of document 000, and keeps each listed brand whether it has a name or not", () => {
  expect(brandsQuery).toMatch(/FROM brands_to_check\)[^;]*LEFT JOIN[^;]*FROM brand\n[^;]*ORDER BY[^;]*$/);
});

it("starts the query where the settings say, with a token that keeps it from starting twice", async () => {
  const token = "populate-0d2b7f2e-5a58-4b0e-9c1f-2d6a7e3b9c10";
  expect(await startQuery(client, settings, token, { signal, timer: fakeTimer() })).toBe(queryId);
  expect(athena.calls[0]?.input).toEqual({
    QueryString: brandsQuery,
    ClientRequestToken: token,
    QueryExecutionContext: { Database: "brands" },
    WorkGroup: "primary",
    ResultConfiguration: { OutputLocation: "s3://brand-results/athena/" },
  });
});

describe("following", () => {
  const follow = (options = {}) => {
    const timer = fakeTimer();
    const told: unknown[] = [];
    const onWait = (execution: QueryExecution) => told.push(execution.Status?.State);
    const done = followQuery(client, queryId, { signal, timer, isOurs: true, onWait, ...options });
    return { done, timer, told };
  };

  it("waits with growing pauses until it has succeeded", async () => {
    const running = Array.from({ length: 9 }, () => ({ State: "RUNNING" }));
    athena.states = [{ State: "QUEUED" }, ...running, { State: "SUCCEEDED" }];
    const { done, timer, told } = follow();
    await done;
    expect(told).toEqual(["QUEUED", ...running.map(() => "RUNNING")]);
    expect(timer.slept.slice(0, 3)).toEqual([500, 750, 1_125]);
    expect(Math.max(...timer.slept)).toBe(5_000);
  });

  it("says why a query failed, in a bounded text", async () => {
    const reason = "TABLE_NOT_FOUND: line 3:6: Table 'awsdatacatalog.brands.brands_to_check' does not exist";
    athena.states = [{ State: "FAILED", StateChangeReason: reason }];
    await expect(follow().done).rejects.toThrow(
      `Athena's query ${queryId} failed: ${reason}. Put that right, then run it again.`,
    );
    athena.states = [{ State: "FAILED", StateChangeReason: "x".repeat(1_000_000) }];
    const error = await follow().done.catch((thrown: unknown) => thrown as Error);
    expect(error?.message.length).toBeLessThan(textLimitBytes + 200);
  });

  it("says that a query was cancelled", async () => {
    athena.states = [{ State: "RUNNING" }, { State: "CANCELLED" }];
    await expect(follow().done).rejects.toThrow(`Athena's query ${queryId} was cancelled.`);
  });

  it.each([
    [true, ["GetQueryExecution", "StopQueryExecution"]],
    [false, ["GetQueryExecution"]],
  ])("stops the query when it is interrupted, if it is its own (%s)", async (isOurs, asked) => {
    athena.states = [{ State: "RUNNING" }];
    const controller = new AbortController();
    const onWait = () => controller.abort(new Error("Interrupted by SIGINT."));
    const { done } = follow({ signal: controller.signal, isOurs, onWait });
    await expect(done).rejects.toThrow("Interrupted by SIGINT.");
    expect(operations()).toEqual(asked);
  });

  it("ends when it is interrupted, though Athena answers neither that nor the stopping", async () => {
    const controller = new AbortController();
    athena.hangs = () => {
      controller.abort(new Error("The time is up."));
      return true;
    };
    const soon = AbortSignal.timeout(50);
    const limit = jest.spyOn(AbortSignal, "timeout").mockReturnValue(soon);
    await expect(follow({ signal: controller.signal }).done).rejects.toThrow("The time is up.");
    expect(limit.mock.calls).toEqual([[longestStopMilliseconds]]);
    limit.mockRestore();
    expect(operations()).toEqual(["GetQueryExecution", "StopQueryExecution"]);
  });
});

describe("the result", () => {
  const read = async (until = signal) => {
    const rows: SourceRow[] = [];
    const source = new AthenaSource(client, queryId, fakeTimer());
    for await (const row of source.rows(until)) rows.push(row);
    return rows;
  };

  it("is read in pages of 1,000, without its header", async () => {
    athena.rows = athenaRows(manyBrands(2_500));
    const rows = await read();
    expect(rows).toHaveLength(2_500);
    expect(rows[0]).toMatchObject({ place: 1, fields: { brandid: "1" } });
    expect(rows.at(-1)).toMatchObject({ place: 2_500, fields: { brandid: "2500" } });
    expect(athena.calls.map(({ input }) => input["MaxResults"])).toEqual([1_000, 1_000, 1_000]);
  });

  it("has NULL as nothing, and an empty text as that", async () => {
    athena.rows = athenaRows([
      starbucks,
      fields("7", null, null),
      fields("8", "", ""),
      fields(null, "Nobody"),
    ]);
    expect((await read()).map((row) => row.kind === "fields" && row.fields)).toEqual([
      starbucks,
      { brandid: "7", brandname: null, sector: null },
      { brandid: "8", brandname: "", sector: "" },
      { brandid: null, brandname: "Nobody", sector: "Retail" },
    ]);
  });

  it("may have no rows but the header", async () => {
    athena.rows = athenaRows([]);
    expect(await read()).toEqual([]);
  });

  it.each([
    [
      "of other columns",
      [
        ["id", "name"],
        ["1", "Starbucks"],
      ],
      "does not begin with the columns brandid, brandname",
    ],
    ["without a header", [["1", "Starbucks", "Retail"]], "does not begin with the columns"],
    ["without anything", [], "is empty: not even a header"],
  ])("is refused when it is one %s", async (_, rows, sentence) => {
    athena.rows = rows;
    await expect(read()).rejects.toThrow(sentence);
  });

  it("is no longer waited for when the reading is interrupted", async () => {
    athena.rows = athenaRows(manyBrands(1_500));
    const controller = new AbortController();
    athena.hangs = ({ input }) => {
      if (input["NextToken"] === undefined) return false;
      controller.abort(new Error("The time is up."));
      return true;
    };
    await expect(read(controller.signal)).rejects.toThrow("The time is up.");
  });

  it("is read on through throttling, and not through refusals", async () => {
    athena.rows = athenaRows(manyBrands(1_500));
    let calls = 0;
    athena.fault = () => ((calls += 1) % 3 === 0 ? undefined : "TooManyRequestsException");
    expect(await read()).toHaveLength(1_500);
    athena.fault = () => "InvalidRequestException";
    await expect(read()).rejects.toThrow("As it is.");
  });
});
