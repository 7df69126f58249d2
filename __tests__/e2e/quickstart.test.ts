/**
 * The README's first command: to its end with all systems, and with one of them where it is kept, interrupted or
 * failing on the way.
 */

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
import { stacksOf } from "../../stacks/naming";
import { tableName } from "../../tables/naming";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { lightTerraform } from "../support/light-terraform/light-terraform";
import { folderNames, processesWith } from "../support/processes";
import { startScript, type RunningScript } from "../support/scripts";
import { walk, walkWith } from "../support/walks";

const minutes = 60_000;
const tableNames = catalogue.map((spec) => tableName(spec, "local"));
const oneSystem = ["--system", "trade-status"];
const trackedChanges = () =>
  execFileSync("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: root, encoding: "utf8" });

/** Folders and processes of one run: their names and environments hold its process id. */
function leftBy({ process: { pid } }: RunningScript): readonly string[] {
  const folders = [...folderNames(localFolder), ...folderNames(join(localFolder, "logs"))];
  const own = new RegExp(`^(aws|quickstart)-${pid}(-|$)`);
  return [...folders.filter((name) => own.test(name)), ...processesWith(`/aws-${pid}-`)];
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
      started = startScript("quickstart", [], await lightTerraform());
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(stderr).toContain("agent-matching-tables-local: 25 to create, applied");
      expect(code).toBe(0);
      for (const name of tableNames) expect(stdout).toContain(name);
      expect(stdout).toContain(
        `${catalogue.length} tables, 4 APIs and 1 agent over ${stacksOf("local").length} stacks: ` +
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
    "keeps one system's tables and API running with --keep for the README's walk, and forgets them on SIGTERM",
    async () => {
      started = startScript("quickstart", [...oneSystem, "--keep", "--json", "--api-port", "0"]);
      const kept = started;
      await kept.waitFor("Tables and APIs are running on the local AWS.");
      // The other pipe may be read later: the document is one line.
      await kept.printed("\n");
      const result = JSON.parse(kept.output.stdout) as { readonly variables: Record<string, string> };
      const table = tableName(tradeProcessingStatus, "local");
      expect(result).toMatchObject({
        schemaVersion: 1,
        stacks: [{ stack: "trade-status-services-local" }, { stack: "trade-status-tables-local" }],
        tables: [{ name: table }],
        stories: [{ system: "trade-status" }],
      });
      const { variables } = result;
      const { dynamodb } = awsClients(loadEnvironments({}).local, {}, variables);
      expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual([table]);
      const trades = await walk(walkWith("/status/session-1/agents"), variables);
      expect(trades).toContain("overall completed");
      expect((await fetch(`${variables["API_URL"]}/conversations`)).status).toBe(404);
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
      started = startScript("quickstart", oneSystem);
      const interrupted = started;
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
      started = startScript("quickstart", [...oneSystem, "--json"], {
        ...(await lightTerraform()),
        LOCAL_AGENTCORE_ROLE: "role-that-is-not-there",
      });
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ failure: { phase: "init, plan and apply" } });
      expect(stderr).toContain("Failed: init, plan and apply.");
      expect(stderr).toMatch(
        /apply of trade-status-(tables|services)-local: Error: attaching IAM Policy .*role-that-is-not-there/,
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
