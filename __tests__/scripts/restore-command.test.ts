/** `npm run restore` as people run it: its page's commands, a kill, Ctrl-C, and what it says when it cannot. */

import { DeleteTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { agentProfiles } from "../../tables/agent-profiles";
import { conversations } from "../../tables/conversations";
import { startAwsFront, type AwsFront } from "../support/aws-front";
import { commandBlocks } from "../support/documents";
import { startRecovery, type Recovery } from "../support/recovery";
import { cleanVariables, runScript, startScript } from "../support/scripts";

let recovery: Recovery;
let front: AwsFront;
beforeAll(async () => {
  recovery = await startRecovery("prod");
  await recovery.createTable(conversations);
  await recovery.createTable(agentProfiles);
  const { endpoint } = recovery;
  front = await startAwsFront(endpoint, undefined, {
    TrentService: endpoint,
    AnyScaleFrontendService: endpoint,
  });
}, 60_000);
afterAll(async () => {
  await front.stop();
  await recovery.stop();
});
beforeEach(() => {
  front.operations.length = 0;
  front.intercept = undefined;
});

const variables = () => ({ AWS_ENDPOINT_URL: front.endpoint });
const toRestored = (to: string, ...more: readonly string[]) => [
  "--env",
  "prod",
  "conversations",
  "--at",
  "latest",
  "--to",
  to,
  "--interval",
  "0.1",
  ...more,
];
const restores = () => front.operations.filter((operation) => operation.startsWith("RestoreTable"));

/** AWS takes its time with a table. */
function keepRestoring(name: string): void {
  front.intercept = ({ operation, input }, forward) => {
    if (operation !== "DescribeTable" || input["TableName"] !== name) return undefined;
    return forward().then(({ status, body }) => {
      const { Table } = body as { readonly Table?: object };
      return { status, body: { ...body, ...(Table && { Table: { ...Table, TableStatus: "CREATING" } }) } };
    });
  };
}

describe("the commands of the page", () => {
  const [first, second] = commandBlocks("docs/runbooks/restore-a-table.md").map(({ commands }) => commands);
  const bash = (command: string) =>
    run("bash", ["-c", command], { cwd: root, env: { ...cleanVariables(variables()), CI: "1" } });

  it("look, and write nothing; then restore, and explain the switch", async () => {
    const [look = "", restore = ""] = first ?? [];
    const looked = await bash(look);
    expect(looked).toMatchObject({ code: 0 });
    expect(looked.stdout).toContain("Restores to a new table cg-chatbot-conversations-restored\n");
    expect(looked.stdout).toContain("costs    about $0.00 ($0.15 a GB in us-east-1), then storage");
    expect(looked.stdout).toContain("Nothing was written: this was a dry run.");
    expect(front.operations.filter((one) => /^(Restore|Update|Tag|Create|Put)/.test(one))).toEqual([]);

    const restored = await bash(restore);
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toMatch(
      /Restored cg-chatbot-conversations-restored from cg-chatbot-conversations as it was/,
    );
    expect(restored.stdout).toContain("in spec but for its name");
    expect(restored.stdout).toContain("terraform state rm and import of aws_dynamodb_table.conversations");
    expect(restored.stderr).toContain("Puts back deletion protection …");
    expect(restored.stdout + restored.stderr).not.toContain("4K Renders");
  });

  it("bring a deleted table back under its own name", async () => {
    const TableName = "agent-profiles";
    await recovery.clients.dynamodb.send(new DeleteTableCommand({ TableName }));
    const { code, stdout } = await bash(second?.[0] ?? "");
    expect(code).toBe(0);
    expect(stdout).toContain("agent-profiles is there again under its own name");
  });
});

describe("a restore that is stopped", () => {
  it("by SIGKILL goes on when it is run again, and makes one table: exit 0, in spec", async () => {
    const to = "conversations-killed";
    keepRestoring(to);
    const killed = startScript("restore", toRestored(to, "--yes"), variables());
    await killed.waitFor("AWS restores");
    killed.process.kill("SIGKILL");
    await killed.ended;
    front.intercept = undefined;

    const { code, stdout, stderr } = await runScript(
      "restore",
      toRestored(to, "--yes", "--json"),
      variables(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: "restored", to, findings: [] });
    expect(stderr).toContain(`Goes on with the restore to ${to}`);
    expect(restores()).toEqual(["RestoreTableToPointInTime"]);
  });

  it("by Ctrl-C says how to go on, with the moment that it has: exit 130; and that goes on", async () => {
    const to = "conversations-interrupted";
    keepRestoring(to);
    const running = startScript("restore", toRestored(to, "--yes", "--json"), variables());
    await running.waitFor("AWS restores");
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    const failure = JSON.parse(running.output.stdout) as Record<string, string>;
    expect(failure).toMatchObject({ schemaVersion: 1, outcome: "interrupted" });
    const [goOn = ""] = /npm run restore -- .*/.exec(running.output.stderr) ?? [];
    expect(goOn).toMatch(
      /^npm run restore -- --env prod conversations --at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z --to conversations-interrupted$/,
    );
    expect(failure["goOn"]).toBe(goOn);
    front.intercept = undefined;

    const { code } = await runScript("restore", [...goOn.split(" ").slice(4), "--yes"], variables());
    expect(code).toBe(0);
    expect(restores()).toHaveLength(1);
  });
});

describe("a restore that cannot be made", () => {
  it.each([
    [
      "neither moment nor backup",
      ["--to", "c-restored"],
      "Say what to restore: --at <time> or --at latest, or --backup",
    ],
    [
      "both",
      ["--at", "latest", "--backup", "latest", "--to", "c-restored"],
      "option '--at <time>' cannot be used with option '--backup <backup>'",
    ],
    ["no new name", ["--at", "latest"], "required option '--to <table>' not specified"],
  ])("for %s says so in one JSON document: exit 2", async (_, more, sentence) => {
    const args = ["--env", "prod", "conversations", "--json", ...more];
    const { code, stdout, stderr } = await runScript("restore", args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      outcome: "could not tell",
      error: expect.stringContaining(sentence) as unknown,
    });
  });

  it("without credentials says so: exit 2, and one JSON document", async () => {
    const none = {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
    const { code, stdout, stderr } = await runScript("restore", toRestored("c-restored", "--json"), none);
    expect(code).toBe(2);
    expect(stderr).toContain("Could not load credentials from any providers. Check credentials");
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "could not tell" });
  });

  it("to a name that is taken is refused: exit 1, and one JSON document", async () => {
    const { code, stdout, stderr } = await runScript(
      "restore",
      toRestored("agent-profiles", "--yes", "--json"),
      variables(),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      "agent-profiles is the name of the table agent-profiles in prod: choose another one.",
    );
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: "refused" });
  });

  it("where nobody can be asked writes nothing: exit 2", async () => {
    const { code, stderr } = await runScript("restore", toRestored("c-restored"), variables());
    expect(code).toBe(2);
    expect(stderr).toContain(
      "There is no terminal to ask at: look with --dry-run, then run this with --yes.",
    );
    expect(restores()).toEqual([]);
  });
});

it("a table that is not in spec afterwards is told, finding by finding: exit 1", async () => {
  const TableName = "cg-chatbot-conversations";
  const Delete = { IndexName: "user_id-created_at-index" };
  await recovery.clients.dynamodb.send(
    new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete }] }),
  );
  const { code, stdout } = await runScript("restore", toRestored("c-without-index", "--yes"), variables());
  expect(code).toBe(1);
  expect(stdout).toContain("indexes.user_id-created_at-index: expected user_id, created_at, found absent.");
});
