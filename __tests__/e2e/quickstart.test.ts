/** The README's first command, to its end and interrupted and failing on the way. */

import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awsClients } from "../../scripts/lib/aws";
import { localFolder, root } from "../../scripts/lib/paths";
import { loadEnvironments } from "../../stacks/environments";
import { catalogue } from "../../tables/catalogue";
import { systems } from "../../tables/systems";
import { tableName } from "../../tables/naming";
import { folderNames, processesWith } from "../support/processes";
import { startScript, type RunningScript } from "../support/scripts";

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

describe("npm run quickstart", () => {
  let started: RunningScript | undefined;
  afterEach(() => started?.process.kill("SIGKILL"));

  it(
    "applies six tables over five stacks, proves them, destroys them, and leaves nothing",
    async () => {
      const changesBefore = trackedChanges();
      started = startScript("quickstart", []);
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(stderr).toContain("agent-matching-tables-local: 25 to create, applied");
      expect(code).toBe(0);
      for (const name of tableNames) expect(stdout).toContain(name);
      expect(stdout).toContain(
        `${catalogue.length} tables over ${systems.length} stacks: applied, second plan empty, in spec, probed.`,
      );
      for (const phase of ["start the local AWS", "synthesize", "plan again", "verify", "destroy"]) {
        expect(stdout).toMatch(new RegExp(`\\d+\\.\\d s {2}${phase}`));
      }
      expect(trackedChanges()).toBe(changesBefore);
      expect(leftBy(started)).toEqual([]);
    },
    8 * minutes,
  );

  it(
    "keeps everything running with --keep, and forgets it on SIGTERM",
    async () => {
      started = startScript("quickstart", ["--keep", "--json"]);
      const kept = started;
      await kept.waitFor("The tables are running on the local AWS.");
      const result = JSON.parse(kept.output.stdout) as { readonly variables: Record<string, string> };
      expect(result).toMatchObject({ schemaVersion: 1, tables: tableNames.map((table) => ({ table })) });
      const { variables } = result;
      const { dynamodb } = awsClients(loadEnvironments({}).local, {}, variables);
      const { TableNames } = await dynamodb.send(new ListTablesCommand());
      expect(TableNames?.sort()).toEqual([...tableNames].sort());
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

      await interrupted.waitFor("brand-processing-tables-local");
      const applying = () => leftBy(interrupted).some((line) => line.includes("terraform apply"));
      while (!applying()) await sleep(200);
      interrupted.process.kill("SIGINT");
      expect(await interrupted.ended).toBe(130);
      expect(interrupted.output.stderr).toContain("Interrupted by SIGINT.");
      expect(leftBy(interrupted)).toEqual([]);
    },
    2 * minutes,
  );

  it(
    "says which phase failed, the first line of the error and where the log is: exit 1",
    async () => {
      started = startScript("quickstart", ["--json"], { LOCAL_CHATBOT_ROLE: "role-that-is-not-there" });
      const code = await started.ended;
      const { stdout, stderr } = started.output;
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ failure: { phase: "init, validate, plan and apply" } });
      expect(stderr).toContain("Failed: init, validate, plan and apply.");
      expect(stderr).toMatch(
        /apply of conversations-tables-local: Error: attaching IAM Policy .*role-that-is-not-there/,
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
