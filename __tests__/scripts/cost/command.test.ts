/** `npm run cost` as people and programs run it, and every command of docs/costs.md. */

import { createServer } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { awsClients, awsConfiguration } from "../../../scripts/lib/aws";
import { estimateWorkload, measureCost } from "../../../scripts/lib/cost/cost";
import { workloadFile } from "../../../scripts/lib/cost/documents";
import { root } from "../../../scripts/lib/paths";
import { run } from "../../../scripts/lib/process";
import { createTableInput } from "../../../scripts/local/dynamodb-emulator";
import { startLocalAws, type LocalAws } from "../../../scripts/local/local-aws";
import { listen } from "../../../scripts/local/ports";
import { loadEnvironments } from "../../../stacks/environments";
import { agentProfiles } from "../../../tables/agent-profiles";
import { catalogue } from "../../../tables/catalogue";
import { conversations } from "../../../tables/conversations";
import { commandBlocks } from "../../support/documents";
import { cleanVariables, runScript, startScript } from "../../support/scripts";

let aws: LocalAws;
let cloudwatch: CloudWatchClient;
beforeAll(async () => {
  aws = await startLocalAws({ variables: cleanVariables() });
  const environment = loadEnvironments({}).prod;
  cloudwatch = new CloudWatchClient(awsConfiguration(environment, {}, aws.variables));
  const { dynamodb } = awsClients(environment, {}, aws.variables);
  for (const spec of catalogue) await dynamodb.send(new CreateTableCommand(createTableInput(spec, "prod")));
  dynamodb.destroy();
}, 60_000);
afterAll(async () => {
  cloudwatch.destroy();
  await aws.stop();
});

const period = 300_000;

async function consume(table: string, name: string, times: readonly number[], value: number, index?: string) {
  const Dimensions = [
    { Name: "TableName", Value: table },
    ...(index === undefined ? [] : [{ Name: "GlobalSecondaryIndexName", Value: index }]),
  ];
  const MetricData = times.map((time) => ({
    MetricName: name,
    Dimensions,
    Timestamp: new Date(time),
    Value: value,
  }));
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: "AWS/DynamoDB", MetricData }));
}

describe("--from-cloudwatch", () => {
  it("measures a day of a table and its index, from when the table was created", async () => {
    const created = Math.floor(Date.now() / period) * period;
    // A day that begins with the table, looked back on when it is over.
    const now = new Date(created + 86_400_000 + 1_000);
    const times = Array.from({ length: 12 }, (_, at) => created + (at + 100) * period);
    const index = "user_id-created_at-index";
    const table = conversations.name;
    await consume(table, "ConsumedReadCapacityUnits", times, 1_500.5);
    await consume(table, "ConsumedWriteCapacityUnits", times, 600);
    await consume(table, "ConsumedWriteCapacityUnits", times, 1_200, index);
    const environment = loadEnvironments({}).prod;
    const clients = { ...awsClients(environment, {}, aws.variables), cloudwatch };
    const asked = { environment: "prod", region: "us-east-1", stacks: [] } as const;
    const answer = await measureCost(asked, clients, [conversations], { days: 14, now });
    expect(answer.outcome).toBe("measured");
    // 12 sums of 1,500.5 in a day, for 730 / 24 days: 547,682.5 units, and $0.0685.
    expect(answer.document).toMatchObject({
      outcome: "measured",
      tables: [
        {
          id: "conversations",
          table,
          billing: "on-demand",
          from: new Date(created).toISOString(),
          advice: { billing: "on-demand" },
          rows: expect.arrayContaining([
            expect.objectContaining({ what: "reads", quantity: 547_682.5, onDemand: "0.068460313" }),
            expect.objectContaining({ what: "reads", index, quantity: null, onDemand: null }),
            expect.objectContaining({ what: "writes", index, quantity: 438_000, onDemand: "0.27375" }),
          ]) as unknown,
        },
      ],
    });
    expect(answer.text).toContain("276 of 288 periods have no data point and count as idle");
    expect(answer.text).toMatch(/user_id-created_at-index: reads +│ +not measured/);
    expect(answer.text).toMatch(/not measured, since CloudWatch has no data points: reads of user_id/);
  });

  it("cannot tell where nothing is measured: exit 2", async () => {
    const args = ["--env", "prod", "--from-cloudwatch", "--json", "design-analysis-tracking"];
    const { code, stdout } = await runScript("cost", args, aws.variables);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "nothing measured",
      tables: [{ id: "design-analysis-tracking", onDemand: null, provisioned: null, advice: null }],
    });
  });

  it("ends with 130 when it is interrupted, and says so to programs", async () => {
    const silent = createServer(() => undefined);
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    const variables = { ...aws.variables, AWS_ENDPOINT_URL: `http://127.0.0.1:${await listen(silent, 0)}` };
    const script = startScript("cost", ["--env", "prod", "--from-cloudwatch", "--json"], variables);
    await connected;
    script.process.kill("SIGINT");
    expect(await script.ended).toBe(130);
    silent.closeAllConnections();
    silent.close();
    expect(JSON.parse(script.output.stdout)).toMatchObject({ outcome: "interrupted" });
  });

  it("cannot tell of a table that is not there, and without credentials: exit 2, also for machines", async () => {
    const missing = await runScript("cost", ["--env", "dev", "--from-cloudwatch", "--json"], aws.variables);
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      outcome: "could not tell",
      error: expect.stringMatching(/^There is no table \S+ in this account and region: /) as string,
    });
    const nowhere = { AWS_EC2_METADATA_DISABLED: "true", HOME: "/nowhere" };
    const args = ["--env", "dev", "--from-cloudwatch", "--json"];
    const { code, stdout } = await runScript("cost", args, nowhere);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "could not tell",
      error: expect.stringMatching(/cloudwatch:GetMetricData are needed\.$/) as string,
    });
  });
});

describe("wrong usage", () => {
  it.each([
    [["--days", "3"], "--days belongs to --from-cloudwatch"],
    [["--from-cloudwatch", "--days", "64"], "Give whole days from 1 to 63."],
    [["--from-cloudwatch", "--chart", "a.svg"], "cannot be used with option '--chart <file.svg>'"],
  ])("%j is refused: exit 2", async (args, sentence) => {
    const { code, stdout, stderr } = await runScript("cost", ["--env", "prod", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  it("a table that the workload does not have is refused", () => {
    const asked = { environment: "prod", region: "us-east-1", stacks: [] } as const;
    expect(() => estimateWorkload(asked, workloadFile("conversations-1000"), [agentProfiles])).toThrow(
      /conversations-1000\.json has nothing of agent-profiles\. Add it, or name one of: conversations\./,
    );
  });

  it("a defective workload is refused: exit 2, and programs are told why", async () => {
    const folder = mkdtempSync(join(tmpdir(), "workload-"));
    const path = join(folder, "mine.json");
    writeFileSync(
      path,
      JSON.stringify({ schemaVersion: 1, name: "a", describes: "a", tables: { conversations: {} } }),
    );
    const defective = await runScript("cost", ["--env", "prod", "--workload", path, "--json"]);
    rmSync(folder, { recursive: true });
    expect(defective.code).toBe(2);
    expect(JSON.parse(defective.stdout)).toMatchObject({
      error: expect.stringContaining("tables.conversations.items is missing") as string,
    });
  });
});

describe("docs/costs.md", () => {
  const commands = commandBlocks("docs/costs.md").flatMap((block) => block.commands);
  const [all, one, chart, documents, measured, machines] = commands;
  const runCommand = async (command = "") => {
    const env = cleanVariables({ ...aws.variables, CI: "1" });
    const { code, stdout, stderr } = await run("bash", ["-c", command], { cwd: root, env });
    expect({ command, code, output: code === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({
      command,
      code: 0,
      output: "",
    });
    return stdout;
  };

  it("has these commands", () => {
    expect(commands).toHaveLength(6);
  });

  it("prices every table, and one", async () => {
    const stdout = await runCommand(all);
    for (const { system } of catalogue) expect(stdout).toContain(`${system}: $`);
    expect(stdout).toMatch(/All of it: \$\d+\.\d\d a month\./);
    expect(await runCommand(one)).toMatch(/all +│ +│ +\$\d+\.\d\d \* │/);
  });

  it("draws the chart", async () => {
    const path = join(root, ".local/cost.svg");
    rmSync(path, { force: true });
    await runCommand(chart);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain("break-even: ");
    rmSync(path);
  });

  it("shows the documents' figures as the page has them", async () => {
    const stdout = await runCommand(documents);
    const page = readFileSync(join(root, "docs/costs.md"), "utf8");
    const sums = [...stdout.matchAll(/its own sum, with its prices +│ +(\$[\d.]+)/g)].map(([, sum]) => sum);
    const rows = [...page.matchAll(/^\| 00[13]: .*$/gm)].map(([row]) =>
      row.split("|").map((cell) => cell.trim()),
    );
    expect(rows.map((cells) => cells[2])).toEqual(sums);
    expect(stdout).toContain("prices cut on 1 November 2024");
  });

  it("measures", async () => {
    const last = Math.floor(Date.now() / period) * period;
    const times = [last - period, last];
    await consume(conversations.name, "ConsumedWriteCapacityUnits", times, 30);
    expect(await runCommand(measured)).toMatch(/cg-chatbot-conversations[\s\S]*Measured from /);
  });

  it("speaks to programs", async () => {
    const document = JSON.parse(await runCommand(machines)) as object;
    expect(document).toMatchObject({
      schemaVersion: 1,
      outcome: "estimated",
      environment: "prod",
      currency: "USD",
      hoursPerMonth: 730,
    });
  });
});
