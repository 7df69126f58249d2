/** `npm run populate-brands` as people run it: options, exit codes, Ctrl-C, and what it prints. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run as runProgram } from "../../scripts/lib/process";
import { startDynamoDb, type DynamoDbEmulator } from "../../scripts/local/dynamodb-emulator";
import { localAccountId } from "../../stacks/local-endpoint";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { queryId, startAthenaStub, type AthenaStub } from "../support/athena-stub";
import { startAwsFront, type AwsFront } from "../support/aws-front";
import { athenaRows, csvOf, fields, manyBrands, starbucks } from "../support/brand-source";
import { commandBlocks } from "../support/documents";
import { cleanVariables, runScript, startScript } from "../support/scripts";

let emulator: DynamoDbEmulator;
let athena: AthenaStub;
let front: AwsFront;
let folder: string;
let account = localAccountId;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "population-"));
  emulator = await startDynamoDb();
  await emulator.createTable(brandProcessingStatus, "local");
  await emulator.createTable(brandProcessingStatus, "prod");
  athena = await startAthenaStub();
  front = await startAwsFront(emulator.endpoint, () => account, { AmazonAthena: athena.url });
});
afterAll(async () => {
  await front.stop();
  await athena.stop();
  await emulator.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  account = localAccountId;
  front.operations.length = 0;
  athena.states = [{ State: "SUCCEEDED" }];
});

const run = (args: readonly string[], env = "local") =>
  runScript("populate-brands", ["--env", env, ...args], { AWS_ENDPOINT_URL: front.endpoint });
const fileOf = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

it.each([
  ["a file and a query", ["--from-csv", "a.csv", "--query-execution", queryId], "--from-csv reads no Athena"],
  ["no write units", ["--max-wcu", "0"], "Give write units a second, from 1 to 40000."],
  ["no rows", ["--limit", "0"], "Give a number of rows, from 1."],
  ["a file that is not there", ["--from-csv", "no-such.csv"], "no-such.csv cannot be read (ENOENT"],
  ["an output without a slash", ["--output", "s3://bucket/prefix"], "--output must be s3://bucket/prefix/"],
])("cannot tell for %s: exit 2", async (_, args, sentence) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
  expect(front.operations).toEqual([]);
});

it("says which settings name an environment's Athena, and which stack has the table: exit 2", async () => {
  const unset = await run([], "dev");
  expect(unset.code).toBe(2);
  expect(unset.stderr).toContain("The environment dev has no Athena: set DEV_ATHENA_DATABASE, ");
  const missing = await run(
    ["--database", "brands", "--workgroup", "primary", "--output", "s3://results/"],
    "dev",
  );
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain(
    "There is no table brand_processing_status_dev. Deploy it: npx cdktf deploy brand-processing-tables-dev",
  );
  // A query costs money: it is not started before.
  expect(front.operations).not.toContain("StartQueryExecution");
});

it("asks for nothing with credentials of another account: exit 2", async () => {
  account = "999988887777";
  const { code, stderr } = await run([]);
  expect(code).toBe(2);
  expect(stderr).toContain("These are credentials of account 999988887777");
  expect(front.operations).toEqual(["GetCallerIdentity"]);
});

it("judges everything and writes nothing in a dry run, then populates, and says what it did", async () => {
  athena.rows = athenaRows([starbucks, fields("7", null), fields("8", "Muji", null)]);
  const rehearsed = await run(["--dry-run", "--json"]);
  expect({ code: rehearsed.code, written: front.operations.includes("PutItem") }).toEqual({
    code: 0,
    written: false,
  });
  const document = JSON.parse(rehearsed.stdout) as Record<string, unknown>;
  expect(document).toMatchObject({
    schemaVersion: 1,
    environment: "local",
    table: "brand_processing_status_local",
    dryRun: true,
    outcome: "complete",
    query: queryId,
    rows: 3,
    new: 2,
    missing: 1,
    missingIds: [7],
    withoutSector: 1,
    writeCalls: 0,
  });
  expect(document).not.toHaveProperty("verified");

  const { code, stdout, stderr } = await run([]);
  expect(code).toBe(0);
  expect(stderr).toBe(`The query is ${queryId}: --query-execution ${queryId} reads its result again.\n`);
  expect(stdout.replace(/^ +(time|peak memory|rows a second).*\n/gm, "")).toBe(
    [
      "✓ complete",
      "  rows                   3",
      "  new                    2",
      "  refreshed              0",
      "  unchanged              0",
      "  missing from brand     1",
      "  rejected               0",
      "  without a sector       1",
      "  write calls            2",
      "  verified in the table  2",
      "Brands that brand does not name, and that are not written:",
      "  7",
      "",
    ].join("\n"),
  );
});

it("reads the result of a query that is named, up to a limit, and starts none", async () => {
  athena.rows = athenaRows(manyBrands(30, 301));
  const { code, stdout, stderr } = await run(["--query-execution", queryId, "--limit", "10", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ query: queryId, rows: 10, new: 10, verified: 10 });
  expect(front.operations).not.toContain("StartQueryExecution");
});

it("populates from a file, and lists what it rejects with its line: exit 1", async () => {
  const csv = csvOf([
    fields("401", "Aldi"),
    fields("4o2", "Lidl"),
    fields("401", "Aldi Süd"),
    fields("403", "Rewe"),
  ]);
  const { code, stdout } = await run(["--from-csv", fileOf("brands.csv", csv), "--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: "incomplete",
    rows: 4,
    new: 2,
    rejected: 2,
    rejects: [
      { place: "line 3", code: "bad-id" },
      { place: "line 4", code: "contradicts", brandid: 401 },
    ],
    verified: 2,
  });
  expect(stdout).not.toContain("Süd");
  const broken = await run(["--from-csv", fileOf("broken.csv", `${csvOf([])}404,Edeka,Retail\n405,"Spar\n`)]);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain("  line 3: broken-csv Its quotes do not match");
  const none = await run(["--from-csv", fileOf("none.csv", "id,name\n1,Aldi\n")]);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("does not begin with the line brandid,brandname,sector");
});

it("says why the query failed: exit 1, and the next run starts another one", async () => {
  athena.states = [{ State: "RUNNING" }, { State: "FAILED", StateChangeReason: "SCHEMA_NOT_FOUND: brands" }];
  const { code, stdout, stderr } = await run(["--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: "refused",
    reason: `Athena's query ${queryId} failed: SCHEMA_NOT_FOUND: brands. Put that right, then run it again.`,
  });
  expect(stderr).toContain("SCHEMA_NOT_FOUND");
  athena.states = [{ State: "SUCCEEDED" }];
  athena.rows = athenaRows([starbucks]);
  expect((await run([])).code).toBe(0);
  const tokens = athena.calls.flatMap(({ input }) => input["ClientRequestToken"] ?? []).slice(-2);
  expect(new Set(tokens).size).toBe(2);
});

it.each([
  ["is empty", undefined, "is empty: not even a header"],
  ["is gone", "InvalidRequestException", "The population does not go on: InvalidRequestException: As it is."],
])("starts another query after one whose result %s: exit 2", async (_, fault, sentence) => {
  athena.rows = [];
  athena.fault = ({ operation }) => (operation === "GetQueryResults" ? fault : undefined);
  const { code, stderr } = await run([]);
  athena.fault = undefined;
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  athena.rows = athenaRows([starbucks]);
  front.operations.length = 0;
  expect((await run([])).code).toBe(0);
  expect(front.operations).toContain("StartQueryExecution");
});

it("stops the query by Ctrl-C with exit 130", async () => {
  athena.states = [{ State: "RUNNING" }];
  const script = startScript("populate-brands", ["--env", "local"], { AWS_ENDPOINT_URL: front.endpoint });
  front.onCall = (operation) => {
    if (operation === "GetQueryExecution") script.process.kill("SIGINT");
  };
  expect(await script.ended).toBe(130);
  front.onCall = undefined;
  expect(athena.calls.at(-1)?.operation).toBe("StopQueryExecution");
  expect(script.output.stderr).toMatch(/\nInterrupted by SIGINT\.\n$/);
});

it("ends running writes at Ctrl-C with exit 130, and goes on with the same query", async () => {
  athena.rows = athenaRows(manyBrands(600, 501));
  const script = startScript("populate-brands", ["--env", "local"], { AWS_ENDPOINT_URL: front.endpoint });
  let writes = 0;
  front.onCall = (operation) => {
    if (operation === "PutItem") writes += 1;
    if (writes === 100) script.process.kill("SIGINT");
  };
  expect(await script.ended).toBe(130);
  front.onCall = undefined;
  expect(script.output.stderr).toMatch(
    /Run the same command again to go on from here\.\nInterrupted by SIGINT\.\n$/,
  );
  front.operations.length = 0;
  const { code, stdout, stderr } = await run(["--json"]);
  expect(code).toBe(0);
  expect(stderr).toBe(`Going on with the query of the interrupted run, ${queryId}.\n`);
  expect(front.operations).not.toContain("StartQueryExecution");
  expect(JSON.parse(stdout)).toMatchObject({
    rows: 600,
    new: 599 - writes,
    unchanged: writes,
    verified: 599,
  });
});

it("does what its page says, command by command", async () => {
  athena.rows = athenaRows(manyBrands(3, 11));
  const variables = {
    AWS_ENDPOINT_URL: front.endpoint,
    PROD_ATHENA_DATABASE: "brands",
    PROD_ATHENA_WORKGROUP: "primary",
    PROD_ATHENA_OUTPUT: "s3://brand-results/athena/",
    PROD_ATHENA_DATA: "s3://brand-data/brands/",
    CI: "1",
  };
  const said: (readonly [string, string | undefined])[] = [];
  for (const command of commandBlocks("docs/runbooks/populate-brands.md").flatMap(
    ({ commands }) => commands,
  )) {
    const env = cleanVariables(variables);
    const { code, stdout, stderr } = await runProgram("bash", ["-c", command], { cwd: root, env });
    expect({ command, code, stderr: code === 0 ? "" : stderr }).toEqual({ command, code: 0, stderr: "" });
    if (stdout !== "")
      said.push([command.replace(/^.* -- /, ""), /^ {2}(would be )?new .*$/m.exec(stdout)?.[0]]);
  }
  expect(said.map(([command, line]) => `${command}: ${line?.trim().replace(/ +/g, " ")}`)).toEqual([
    "--env local --from-csv .local/brands.csv --dry-run: would be new 0",
    "--env local --from-csv .local/brands.csv: new 0",
    "--env prod --dry-run: would be new 3",
    "--env prod: new 3",
  ]);
}, 120_000);
