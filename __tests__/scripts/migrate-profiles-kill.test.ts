/** `npm run migrate-profiles` on 20,000 files, killed five times: nothing is lost, doubled or told twice. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { startDynamoDb, type DynamoDbEmulator } from "../../scripts/local/dynamodb-emulator";
import { agentProfiles } from "../../tables/agent-profiles";
import { tableName, type EnvironmentName } from "../../tables/naming";
import { startAwsFront, type AwsFront } from "../support/aws-front";
import { writeJsonStorage, type JsonStorage } from "../support/json-storage";
import { startScript } from "../support/scripts";

/** A run that keeps the items that it has sent takes 27 MB more. */
const marginMb = 16;
/** V8 lets its young generation grow with the time that a program runs, which would hide what is kept. */
const youngGeneration = "--max-semi-space-size=1 --max-old-space-size=64";
const kills = 5;

let emulator: DynamoDbEmulator;
let front: AwsFront;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "migration-"));
  emulator = await startDynamoDb();
  front = await startAwsFront(emulator.endpoint);
});
afterAll(async () => {
  await front.stop();
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

it("migrates 20,000 profiles, one in a hundred bad, through five kills, in the memory that 2,000 take", async () => {
  const few = await migration("dev", 2_000);
  const small = await few.run();
  expect(small).toMatchObject({ outcome: "incomplete", stored: 1_980, rejected: 20, verified: 1_980 });

  const many = await migration("local", 20_000);
  const random = seededRandom(20_000);
  // Four times early, while profiles are stored, which takes 792 calls; and once while they are verified.
  const killed: Run[] = [];
  for (let kill = 1; kill < kills; kill += 1) {
    killed.push(await many.killAfter("BatchWriteItem", 40 + 30 * random()));
  }
  killed.push(await many.killAfter("BatchGetItem", 1 + 60 * random()));
  const big = await many.run();
  expect(big).toMatchObject({
    outcome: "incomplete",
    read: 20_000,
    stored: 19_800,
    rejected: 200,
    verified: 19_800,
    missing: 0,
    different: 0,
  });
  expect(many.rejects()).toEqual([...many.storage.bad].sort());
  expect(await idsOf("local")).toEqual([...many.storage.good].sort());
  const goneOnAfter = [...killed, big].map(({ before }) => before);
  expect(goneOnAfter).toEqual([...goneOnAfter].sort((one, other) => one - other));
  expect(big.before).toBe(19_800);

  const peakMb = Math.max(...[...killed, big].map(({ peakMemoryMb }) => peakMemoryMb));
  console.log(`peak memory: ${Math.round(peakMb)} MB at 20,000 profiles, ${small.peakMemoryMb} MB at 2,000`);
  expect(peakMb).toBeLessThan(small.peakMemoryMb + marginMb);
}, 240_000);

interface Result {
  readonly peakMemoryMb: number;
}

interface Run extends Result {
  /** Profiles that were stored when it began. */
  readonly before: number;
}

async function migration(env: EnvironmentName, files: number) {
  await emulator.createTable(agentProfiles, env);
  const source = join(folder, env);
  const rejects = join(folder, `${env}.jsonl`);
  const storage: JsonStorage = writeJsonStorage(source, files);
  const limits = ["--max-wcu", "100000", "--max-rcu", "100000"];
  const start = () =>
    startScript(
      "migrate-profiles",
      ["--env", env, "--from", source, "--rejects", rejects, "--json", ...limits],
      { AWS_ENDPOINT_URL: front.endpoint, NODE_OPTIONS: youngGeneration },
    );
  return {
    storage,
    async run(): Promise<Run> {
      const { ended, output } = start();
      expect({
        code: await ended,
        stderr: output.stderr.replace(/^(storing|verifying|Going on).*\n/gm, ""),
      }).toEqual({ code: 1, stderr: "" });
      return { ...(JSON.parse(output.stdout) as Result), before: goneOnFrom(output.stderr) };
    },
    async killAfter(operation: string, calls: number): Promise<Run> {
      const script = start();
      let peakMemoryMb = 0;
      let left = Math.ceil(calls);
      front.onCall = (name) => {
        if (name === operation) left -= 1;
        if (left !== 0) return;
        peakMemoryMb = peakOf(script.process.pid);
        script.process.kill("SIGKILL");
      };
      await script.ended;
      front.onCall = undefined;
      expect(script.process.signalCode).toBe("SIGKILL");
      return { peakMemoryMb, before: goneOnFrom(script.output.stderr) };
    },
    rejects: () =>
      readFileSync(rejects, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { file: string; code: string })
        .map(({ file, code }) => [file, code])
        .sort(),
  };
}

/** The profiles that earlier runs had stored, as it said when it began. */
const goneOnFrom = (stderr: string): number =>
  Number((/^Going on after ([\d,]+) stored/m.exec(stderr)?.[1] ?? "0").replaceAll(",", ""));

/** Of a process that will not tell it; only Linux can be asked. */
function peakOf(pid: number | undefined): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function idsOf(env: EnvironmentName): Promise<readonly string[]> {
  const ids: string[] = [];
  let next: Record<string, never> | undefined;
  do {
    const page = await emulator.client.send(
      new ScanCommand({
        TableName: tableName(agentProfiles, env),
        ProjectionExpression: "id",
        ExclusiveStartKey: next,
      }),
    );
    ids.push(...(page.Items ?? []).flatMap(({ id }) => id?.S ?? []));
    next = page.LastEvaluatedKey as typeof next;
  } while (next !== undefined);
  return ids.sort();
}

/** The same moments in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
