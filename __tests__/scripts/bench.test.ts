/** `npm run bench`: that it measures every function, and what a call consumes. Never how fast anything is. */

import { callsOf } from "../../scripts/lib/bench/calls-of";
import { describeFunctions } from "../../scripts/lib/bench/describe-functions";
import { functionCalls } from "../../scripts/lib/bench/function-calls";
import { localFolder } from "../../scripts/lib/paths";
import { synthesize } from "../../scripts/local/served-apis";
import { catalogue } from "../../tables/catalogue";
import { defineFunction, temporaryFolder } from "../support/functions";
import { folderNames } from "../support/processes";
import { runScript, startScript } from "../support/scripts";

interface Operation {
  readonly operation: string;
  readonly index?: string;
  readonly times: number;
  readonly units: number | null;
}

interface Report {
  readonly schemaVersion: number;
  readonly engine: string;
  readonly machine: { readonly node: string; readonly cores: number };
  readonly functions: readonly {
    readonly name: string;
    readonly zipKilobytes: number;
    readonly coldImportMilliseconds: { readonly runs: number; readonly min: number };
    readonly series: readonly {
      readonly latencyMilliseconds: { readonly requests: number; readonly p50: number; readonly p95: number };
      readonly throughput: { readonly requests: number; readonly requestsPerSecond: number };
    }[];
    readonly capacity: readonly { readonly route: string; readonly operations: readonly Operation[] }[];
  }[];
}

const { folder, remove } = temporaryFolder();
afterAll(remove);

describe("npm run bench -- functions", () => {
  let report: Report;
  beforeAll(async () => {
    const { code, stdout, stderr } = await runScript("bench", ["functions", "--quick", "--json"]);
    if (code !== 0) throw new Error(stderr);
    report = JSON.parse(stdout) as Report;
    // moto takes several times as long as dynoxide.
  }, 300_000);

  it("says on what it was measured", () => {
    expect(report).toMatchObject({ schemaVersion: 1, bench: "functions", quick: true });
    expect(report.machine.node).toBe(process.version);
    expect(["dynoxide", "moto"]).toContain(report.engine);
  });

  it("measures every function of the synthesized services stacks", () => {
    const { functions } = synthesize({}, folder);
    expect(report.functions.map(({ name }) => name).sort()).toEqual(
      functions.map(({ definition }) => definition.name).sort(),
    );
    for (const { zipKilobytes, coldImportMilliseconds: cold, series } of report.functions) {
      expect(zipKilobytes).toBeGreaterThan(0);
      expect(cold.runs).toBe(3);
      expect(cold.min).toBeGreaterThan(0);
      for (const { latencyMilliseconds: latency, throughput } of series) {
        expect([latency.requests, throughput.requests]).toEqual([20, 20]);
        expect(latency.p50).toBeGreaterThan(0);
        expect(latency.p95).toBeGreaterThanOrEqual(latency.p50);
        expect(throughput.requestsPerSecond).toBeGreaterThan(0);
      }
    }
  });

  it.each<[string, Operation[]]>([
    ["GET /status/{sessionId}", [{ operation: "GetItem", times: 1, units: 0.5 }]],
    [
      "POST /status/{sessionId}/agents/{agent}/fail",
      [
        { operation: "GetItem", times: 1, units: 1 },
        { operation: "UpdateItem", times: 1, units: 1 },
      ],
    ],
    [
      "GET /analysis/requests",
      [{ operation: "Query", index: "overall_status-created_at-index", times: 4, units: 2 }],
    ],
    [
      "workflow: claim",
      [
        { operation: "GetItem", times: 1, units: 1 },
        { operation: "UpdateItem", times: 1, units: 3 },
      ],
    ],
    ["generate", []],
  ])("tells what %s asks of DynamoDB, and the units", (route, expected) => {
    const capacities = report.functions.flatMap(({ capacity }) => capacity);
    // moto's units are no measurement, and left out.
    const counted = expected.map((one) => (report.engine === "moto" ? { ...one, units: null } : one));
    expect(capacities.find((one) => one.route === route)?.operations).toEqual(counted);
  });
});

interface Growth {
  readonly messages: number;
  readonly largestWriteUnits: number;
  readonly writeUnitsOfMessage: readonly { readonly message: number; readonly units: number | null }[];
}

it("npm run bench -- conversations shows what sealing bounds, beside one growing item", async () => {
  const { code, stdout, stderr } = await runScript("bench", ["conversations", "--quick", "--json"]);
  if (code !== 0) throw new Error(stderr);
  const { bounds, growingItem } = JSON.parse(stdout) as {
    readonly bounds: readonly (Growth & { readonly boundKilobytes: number; readonly boundsWorth: number })[];
    readonly growingItem: Growth & { readonly failedAt: number | null };
  };
  expect(bounds.map(({ boundKilobytes }) => boundKilobytes)).toEqual([8, 16, 24, 32]);
  for (const { messages, largestWriteUnits, boundsWorth } of bounds) {
    expect(messages).toBe(100);
    expect(largestWriteUnits).toBeLessThanOrEqual(2 * boundsWorth);
  }
  const unitsOf = (message: number) =>
    growingItem.writeUnitsOfMessage.find((one) => one.message === message)?.units ?? 0;
  expect(unitsOf(100)).toBeGreaterThan(5 * unitsOf(10));
});

it("npm run bench -- verify counts what the verifier asks: as many calls for each table, however many", async () => {
  const { code, stdout, stderr } = await runScript("bench", ["verify", "--quick", "--json"]);
  if (code !== 0) throw new Error(stderr);
  const { growth } = JSON.parse(stdout) as {
    readonly growth: readonly {
      readonly tables: number;
      readonly calls: number;
      readonly medianSeconds: number;
      readonly operations: Readonly<Record<string, number>>;
    }[];
  };
  const count = catalogue.length;
  expect(growth.map(({ tables }) => tables)).toEqual([count, 2 * count]);
  for (const { tables, calls, medianSeconds, operations } of growth) {
    expect(medianSeconds).toBeGreaterThan(0);
    expect(operations["DynamoDB DescribeTable"]).toBe(tables);
    expect(operations["KMS DescribeKey"]).toBe(new Set(catalogue.map(({ system }) => system)).size);
    expect(Object.values(operations).reduce((sum, one) => sum + one, 0)).toBe(calls);
  }
  const [once, twice] = growth;
  expect(twice?.calls).toBeLessThanOrEqual(2 * (once?.calls ?? 0));
}, 120_000);

it("prints tables that fit into 110 columns, however slow the machine is", () => {
  const operations = [
    { operation: "GetItem", times: 1, units: 0.5 },
    { operation: "UpdateItem", times: 1, units: 1.25 },
  ];
  const query = { operation: "Query", index: "overall_status-created_at-index", times: 4, units: null };
  const text = describeFunctions(
    Object.entries(functionCalls).map(([name, calls]) => ({
      name: `${name}-local`,
      stack: "",
      zipKilobytes: 1234.5,
      coldImportMilliseconds: { runs: 20, median: 1234, min: 1234, max: 1234 },
      series: (calls?.series ?? []).map((one) => ({
        name: one.name,
        latencyMilliseconds: { requests: 500, p50: 1234.5, p95: 1234.5 },
        throughput: { requests: 500, concurrency: 16, requestsPerSecond: 12345 },
      })),
      capacity: (calls?.series ?? [])
        .flatMap(({ story }) => story(1))
        .map(({ route }) => ({
          ...{ route, calls: 1, readUnits: 12.25, writeUnits: null },
          operations: route === "GET /analysis/requests" ? [query] : operations,
        })),
    })),
  );
  expect(text).toContain("4 × Query of an index");
  expect(text).toContain("GET /analysis/requests reads overall_status-created_at-index.");
  expect(text.split("\n").filter((line) => line.length > 110)).toEqual([]);
});

it("is interrupted without a failure, and leaves nothing: exit 130", async () => {
  const running = startScript("bench", ["functions", "--quick"]);
  await running.waitFor("conversations-write-local");
  running.process.kill("SIGINT");
  expect(await running.ended).toBe(130);
  expect(running.output.stderr).toMatch(/Interrupted by SIGINT\.\n$/);
  expect(running.output.stderr).not.toContain("failed");
  const { pid } = running.process;
  expect(folderNames(localFolder).filter((name) => name.includes(`-${pid}-`))).toEqual([]);
});

it("refuses a function without calls, and says where they are added", () => {
  expect(() => callsOf(defineFunction("", { name: "brand-processing-read-local" }))).toThrow(
    "The function brand-processing-read-local has no calls to measure: add them in scripts/lib/bench/function-calls.ts.",
  );
});

it("refuses a bench that it does not have, with exit code 2 and the names of those that it has", async () => {
  const { code, stdout, stderr } = await runScript("bench", ["everything"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    'There is no bench "everything". Use one of: functions, conversations, deploy, verify.',
  );
});
