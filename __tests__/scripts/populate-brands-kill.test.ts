/** `npm run populate-brands` on 50,000 brands: killed three times, resumed, run again, and from a file. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { queueAthenaResults } from "../../scripts/local/athena-results";
import { startDynamoDb, type DynamoDbEmulator } from "../../scripts/local/dynamodb-emulator";
import { findMoto, startMoto } from "../../scripts/local/moto";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import type { RunningServer } from "../../scripts/local/server-process";
import { documentClient } from "../../functions/shared/document-client";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { tableName } from "../../tables/naming";
import { startAwsFront, type AwsFront } from "../support/aws-front";
import { athenaRows, csvOf, manyBrands } from "../support/brand-source";
import { startScript } from "../support/scripts";

/** A run that keeps the rows that it has read takes more than that. */
const marginMb = 16;
/**
 * V8 lets its young generation grow with the time that a program runs, which would hide what is kept. With 1 MB
 * a quarter of the time is spent on collecting, and no less memory varies from run to run.
 */
const youngGeneration = "--max-semi-space-size=4 --max-old-space-size=64";
const all = 50_000;
const processing = 1_000;

let emulator: DynamoDbEmulator;
let moto: RunningServer;
let proxy: Server;
let front: AwsFront;
let folder: string;
/** Of a run of 5,000 brands. */
let baselineMb: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "population-"));
  emulator = await startDynamoDb();
  await emulator.createTable(brandProcessingStatus, "local");
  await emulator.createTable(brandProcessingStatus, "dev");
  moto = await startMoto(await findMoto(process.env), join(folder, "moto.log"));
  proxy = createProxy(moto.url);
  await listen(proxy, 0);
  front = await startAwsFront(emulator.endpoint, undefined, { AmazonAthena: addressOf(proxy) });
});
afterAll(async () => {
  await front.stop();
  proxy.closeAllConnections();
  proxy.close();
  await moto.stop();
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

it("populates 50,000 brands through three kills, keeps what is processing, and writes nothing again", async () => {
  await queueAthenaResults(addressOf(proxy), athenaRows(manyBrands(5_000)));
  const athena = ["--database", "brands", "--workgroup", "primary", "--output", "s3://brand-results/athena/"];
  const small = await run(["--env", "dev", ...athena]);
  expect(small).toMatchObject({ outcome: "complete", rows: 5_000, new: 4_995, verified: 4_995 });

  baselineMb = small.peakMemoryMb;
  await seedProcessing();
  await queueAthenaResults(addressOf(proxy), athenaRows(manyBrands(all)));
  front.operations.length = 0;
  const killed = [
    await killAfter("GetQueryExecution", 1),
    await killAfter("PutItem", 2_000),
    await killAfter("PutItem", 20_000),
  ];
  const big = await run(["--env", "local"]);
  const missing = Array.from({ length: all / 1_000 }, (_, index) => 1_000 * (index + 1));
  const brands = all - missing.length;
  expect(big).toMatchObject({
    outcome: "complete",
    rows: all,
    missing: missing.length,
    missingIds: missing,
    rejected: 0,
    verified: brands,
  });
  expect(big.new + big.refreshed + big.unchanged).toBe(brands);
  expect(big.unchanged).toBeGreaterThan(22_000);
  expect(front.operations.filter((name) => name === "StartQueryExecution")).toHaveLength(1);
  await expectStored(brands);

  const peakMb = Math.max(...killed, big.peakMemoryMb);
  console.log(
    `${big.rowsPerSecond} rows/s; peak memory: ${Math.round(peakMb)} MB at 50,000 brands, ` +
      `${baselineMb} MB at 5,000`,
  );
  expect(peakMb).toBeLessThan(baselineMb + marginMb);

  front.operations.length = 0;
  const again = await run(["--env", "local"]);
  console.log(`second run: ${again.writeCalls} write calls, ${again.rowsPerSecond} rows/s`);
  expect(again).toMatchObject({
    outcome: "complete",
    new: 0,
    refreshed: 0,
    unchanged: brands,
    writeCalls: 0,
  });
  expect(front.operations).not.toContain("PutItem");
  expect(front.operations).not.toContain("UpdateItem");
}, 600_000);

it("populates 50,000 brands from a file, of which 1,000 are new, in no more memory", async () => {
  const file = join(folder, "brands.csv");
  writeFileSync(file, csvOf(manyBrands(all, 1_001)));
  const result = await run(["--env", "local", "--from-csv", file]);
  expect(result).toMatchObject({
    outcome: "complete",
    rows: all,
    new: 999,
    unchanged: 48_951,
    missing: 50,
    writeCalls: 999,
    verified: 49_950,
  });
  console.log(
    `from a file: ${result.rowsPerSecond} rows/s, ${result.peakMemoryMb} MB; ${baselineMb} MB at 5,000`,
  );
  expect(result.peakMemoryMb).toBeLessThan(baselineMb + marginMb);
}, 300_000);

interface Result {
  readonly new: number;
  readonly refreshed: number;
  readonly unchanged: number;
  readonly writeCalls: number;
  readonly rowsPerSecond: number;
  readonly peakMemoryMb: number;
}

const start = (args: readonly string[]) =>
  // The emulator's index takes more than one of AWS: waiting for its pace would prove nothing.
  startScript("populate-brands", [...args, "--max-wcu", "40000", "--json"], {
    AWS_ENDPOINT_URL: front.endpoint,
    NODE_OPTIONS: youngGeneration,
  });

async function run(args: readonly string[]): Promise<Result> {
  const { ended, output } = start(args);
  expect({
    code: await ended,
    stderr: output.stderr.replace(/^(writing|verifying|The query is|Going on).*\n/gm, ""),
  }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(output.stdout) as Result;
}

/** @returns the most memory that it had. */
async function killAfter(operation: string, calls: number): Promise<number> {
  const script = start(["--env", "local"]);
  let peakMb = 0;
  let left = calls;
  front.onCall = (name) => {
    if (name === operation) left -= 1;
    if (left !== 0) return;
    left = -1;
    peakMb = peakOf(script.process.pid);
    script.process.kill("SIGKILL");
  };
  await script.ended;
  front.onCall = undefined;
  expect(script.process.signalCode).toBe("SIGKILL");
  return peakMb;
}

/** Of a process that will not tell it; only Linux can be asked. */
function peakOf(pid: number | undefined): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

const arnOf = (brandid: number) =>
  `arn:aws:states:us-east-1:123456789012:execution:brand-processing-local:brand-${brandid}-attempt-3`;

/** Every fortieth one, from 41 on: none of them is without a name. */
const isProcessing = (brandid: number) =>
  brandid % 40 === 1 && brandid > 40 && brandid <= 40 * processing + 1;

const seed = (brandid: number) => ({
  brandid,
  brandname: "Of old",
  sector: "Retail",
  status: "processing",
  created_at: "2026-02-15T12:00:00Z",
  updated_at: "2026-02-16T12:00:00.000Z",
  workflow_execution_arn: arnOf(brandid),
  retry_count: 2,
  last_error: "The model was throttled.",
});

async function seedProcessing(): Promise<void> {
  const client = documentClient(emulator.client);
  const ids = Array.from({ length: all }, (_, index) => index + 1).filter(isProcessing);
  expect(ids).toHaveLength(processing);
  for (let from = 0; from < ids.length; from += 25) {
    const requests = ids.slice(from, from + 25).map((id) => ({ PutRequest: { Item: seed(id) } }));
    await client.send(
      new BatchWriteCommand({ RequestItems: { [tableName(brandProcessingStatus, "local")]: requests } }),
    );
  }
}

/** Everything that the table has: each brand once, in the state in which it has to be. */
async function expectStored(brands: number): Promise<void> {
  const client = documentClient(emulator.client);
  const counts = { stored: 0, unprocessed: 0, processing: 0, wrong: 0 };
  let next: Record<string, AttributeValue> | undefined;
  do {
    const command = new ScanCommand({
      TableName: tableName(brandProcessingStatus, "local"),
      ExclusiveStartKey: next,
    });
    const page = await client.send(command);
    for (const item of page.Items ?? []) {
      counts.stored += 1;
      const id = Number(item["brandid"]);
      const { updated_at, ...rest } = item;
      const { updated_at: old, ...seeded } = seed(id);
      const brandname = `Brand ${id}, "the one"`;
      const sector = id % 50 === 7 ? "" : "Food & Beverage";
      const fresh = {
        ...seeded,
        brandname,
        sector,
        status: "unprocessed",
        created_at: updated_at as unknown,
        workflow_execution_arn: null,
        retry_count: 0,
        last_error: null,
      };
      const expected = isProcessing(id) ? { ...seeded, brandname, sector } : fresh;
      const isRight = JSON.stringify(sorted(rest)) === JSON.stringify(sorted(expected));
      if (!isRight || String(updated_at) <= old) counts.wrong += 1;
      else counts[isProcessing(id) ? "processing" : "unprocessed"] += 1;
    }
    next = page.LastEvaluatedKey as typeof next;
  } while (next !== undefined);
  expect(counts).toEqual({ stored: brands, unprocessed: brands - processing, processing, wrong: 0 });
}

const sorted = (item: object) => Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1));
