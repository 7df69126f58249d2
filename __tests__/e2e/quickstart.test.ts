/** The README's first command, to its end and interrupted and failing on the way. */

import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awsClients } from "../../scripts/lib/aws";
import { localFolder, root } from "../../scripts/lib/paths";
import { loadEnvironments } from "../../stacks/environments";
import { localCredentials } from "../../stacks/local-endpoint";
import { catalogue } from "../../tables/catalogue";
import { systems } from "../../tables/systems";
import { tableName } from "../../tables/naming";
import { run } from "../../scripts/lib/process";
import { commandBlocks, isWalk, pages } from "../support/documents";
import { folderNames, processesWith } from "../support/processes";
import { cleanVariables, startScript, type RunningScript } from "../support/scripts";

const minutes = 60_000;
const tableNames = catalogue.map((spec) => tableName(spec, "local"));
const trackedChanges = () =>
  execFileSync("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: root, encoding: "utf8" });

/** Folders and processes of one run: their names and environments hold its process id. */
function leftBy({ process: { pid } }: RunningScript): readonly string[] {
  const folders = [...folderNames(localFolder), ...folderNames(join(localFolder, "logs"))];
  const own = new RegExp(`^(aws|quickstart)-${pid}(-|$)`);
  return [...folders.filter((name) => own.test(name)), ...processesWith(`/aws-${pid}-`)];
}

/** Runs the pages' blocks that call APIs and agent as they stand there; gives what each printed. */
async function walk(variables: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const printed: string[] = [];
  for (const { commands } of pages().flatMap(commandBlocks).filter(isWalk)) {
    const script = ["set -euo pipefail", ...commands].join("\n");
    const env = { ...cleanVariables(variables), CI: "1" };
    const { code, stdout, stderr } = await run("bash", ["-c", script], { cwd: root, env });
    expect({ code, output: code === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({ code: 0, output: "" });
    printed.push(stdout);
  }
  return printed;
}

/** Calls the deployed writer as an orchestrator without HTTP does. */
async function invokeWriter(variables: NodeJS.ProcessEnv, call: object): Promise<unknown> {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = variables;
  const { accessKey, secretKey } = localCredentials;
  const client = new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: "trade-status-write-local", Payload: JSON.stringify(call) }),
  );
  client.destroy();
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Payload?.transformToString() ?? "null");
}

describe("npm run quickstart", () => {
  let started: RunningScript | undefined;
  afterEach(() => started?.process.kill("SIGKILL"));

  it(
    "applies all stacks, proves them, plays through the APIs, destroys them, and leaves nothing",
    async () => {
      const changesBefore = trackedChanges();
      started = startScript("quickstart", []);
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(stderr).toContain("agent-matching-tables-local: 25 to create, applied");
      expect(code).toBe(0);
      for (const name of tableNames) expect(stdout).toContain(name);
      expect(stdout).toContain(
        `${catalogue.length} tables, 4 APIs, a workflow and an agent over ${2 * systems.length} stacks: ` +
          "applied, second plan empty, in spec, probed, played.",
      );
      expect(stdout).toContain("brand-processing: 4 brands from Athena, 4 questions to the agent");
      for (const phase of ["start the local AWS", "synthesize", "plan again", "verify", "play", "destroy"]) {
        expect(stdout).toMatch(new RegExp(`\\d+\\.\\d s {2}${phase}`));
      }
      expect(trackedChanges()).toBe(changesBefore);
      expect(leftBy(started)).toEqual([]);
    },
    8 * minutes,
  );

  it(
    "keeps everything running with --keep for the pages' walks through APIs and agent, and forgets it on SIGTERM",
    async () => {
      started = startScript("quickstart", ["--keep", "--json", "--api-port", "0"]);
      const kept = started;
      await kept.waitFor("Tables and APIs are running on the local AWS.");
      // The other pipe may be read later: the document is one line.
      await kept.printed("\n");
      const result = JSON.parse(kept.output.stdout) as { readonly variables: Record<string, string> };
      expect(result).toMatchObject({ schemaVersion: 1, tables: tableNames.map((table) => ({ table })) });
      const { variables } = result;
      const { dynamodb } = awsClients(loadEnvironments({}).local, {}, variables);
      const { TableNames } = await dynamodb.send(new ListTablesCommand());
      expect(TableNames?.sort()).toEqual([...tableNames].sort());
      const printed = await walk(variables);
      const [trades, analyses, conversations, matches, brands] = printed;
      expect(trades).toContain('"overallStatus":"completed","pdfAdapter":{"status":"success"');
      expect(trades).toContain("overall completed");
      expect(trades).toContain('"totalTokens":14169');
      expect(analyses).toContain('"overall_status":"failed"');
      expect(analyses).toMatch(/"overall_status":"completed".*"total":2,"limit":10\}/);
      expect(analyses).toContain("overall completed");
      expect(conversations?.match(/"position":0,"message":\{"role":"user"/g)).toHaveLength(2);
      expect(conversations).toContain('"title":"4K Renders Search"');
      expect(conversations).toMatch(/"message_count":2.*"before":1\}/);
      expect(matches).toContain('"reasons":["The job is plumber.","The city is berlin.",');
      expect(matches).toContain('"averagePrice":79.95');
      expect(matches).toMatch(/"agent_id":"agent-1","conversations":\[\{"conversation_id":"conv-1"/);
      expect(brands).toMatch(/new +1\n/);
      expect(brands).toContain("54321  Blue Bottle (Food & Beverage): processing");
      expect(brands).toMatch(
        /\[stand-in for Bedrock, local only\] Brands by status: 0 unprocessed, [01] processing, [45] completed/,
      );
      // docs/runbooks/ask-the-agent.md; other pages stand before it.
      expect(printed.join("\n")).toContain("The workflow of brand 23456 has started.");
      expect(
        await invokeWriter(variables, { call: "completeSession", sessionId: "session-1" }),
      ).toMatchObject({
        overallStatus: "completed",
        totalDuration: expect.any(Number) as number,
      });
      expect(await invokeWriter(variables, { call: "startAgent", sessionId: "session-1" })).toEqual({
        error: { code: "invalid", message: "agent is missing.", field: "agent" },
      });
      kept.process.kill("SIGTERM");
      expect(await kept.ended).toBe(143);
      await expect(dynamodb.send(new ListTablesCommand())).rejects.toThrow("ECONNREFUSED");
      expect(leftBy(kept)).toEqual([]);
    },
    8 * minutes,
  );

  it(
    "ends with 130 on Ctrl-C in the middle of an apply, and leaves neither process nor folder",
    async () => {
      started = startScript("quickstart", []);
      const interrupted = started;

      await interrupted.waitFor("conversations-services-local");
      const applying = () => leftBy(interrupted).some((line) => line.includes("terraform apply"));
      while (!applying()) await sleep(200);
      interrupted.process.kill("SIGINT");
      expect(await interrupted.ended).toBe(130);
      expect(interrupted.output.stderr).toContain("Interrupted by SIGINT.");
      expect(interrupted.output.stderr).not.toContain("failed");
      expect(leftBy(interrupted)).toEqual([]);
    },
    2 * minutes,
  );

  it(
    "says which phase failed, the first line of the error and where the log is: exit 1",
    async () => {
      started = startScript("quickstart", ["--json"], { LOCAL_AGENTCORE_ROLE: "role-that-is-not-there" });
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ failure: { phase: "init, validate, plan and apply" } });
      expect(stderr).toContain("Failed: init, validate, plan and apply.");
      expect(stderr).toMatch(
        /apply of trade-status-services-local: Error: attaching IAM Policy .*role-that-is-not-there/,
      );
      expect(stderr.match(/attaching IAM Policy/g)).toHaveLength(1);
      const log = /^Log: (.+)$/m.exec(stderr)?.[1] ?? "";
      expect(execFileSync("tail", ["-n", "20", log], { encoding: "utf8" })).toContain(
        "role-that-is-not-there",
      );
      expect(leftBy(started)).toEqual([`quickstart-${started.process.pid}`]);
      rmSync(dirname(log), { recursive: true });
    },
    5 * minutes,
  );
});
