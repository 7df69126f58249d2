/** The commands of the alarms' runbooks, as they stand there, on a local AWS that has what they are about. */

import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { commandBlocks, type CommandBlock } from "../support/documents";
import {
  arn,
  letters,
  statuses,
  troubledProduction,
  type TroubledProduction,
} from "../support/troubled-production";

const pages = {
  throttling: "docs/runbooks/throttling.md",
  hotPartition: "docs/runbooks/hot-partition.md",
  failing: "docs/runbooks/failing-functions.md",
} as const;

let production: TroubledProduction;
beforeAll(async () => (production = await troubledProduction()), 120_000);
afterAll(() => production.stop());
jest.setTimeout(120_000);

/** AWS CLI 1 asks AWS itself about queues, whatever AWS_ENDPOINT_URL says. */
const onlyHere = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

/** Runs the blocks of a page in which these texts stand, in one shell, up to the first command that fails. */
async function output(page: keyof typeof pages, ...texts: readonly string[]): Promise<string> {
  const commands = texts.flatMap((text) => {
    const found = commandBlocks(pages[page]).filter((block) => block.commands.join("\n").includes(text));
    expect({ text, blocks: found.length }).toEqual({ text, blocks: 1 });
    for (const block of found) ran.add(key(block));
    return found.flatMap((block) => block.commands);
  });
  const script = ["set -euo pipefail", onlyHere, ...commands].join("\n");
  const { code, stdout, stderr } = await run("bash", ["-c", script], {
    cwd: root,
    env: production.variables,
  });
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

const ran = new Set<string>();
const key = ({ page, commands }: CommandBlock) => `${page}: ${commands.join("\n")}`;

describe("the runbook of throttling", () => {
  it("finds which alarm went off, and which limit it was", async () => {
    const alarms = await output("throttling", "describe-alarms");
    expect(alarms.split("\t")).toEqual([
      "agent-matching-agent-profiles-job-index-throttles",
      "ALARM",
      "5 of 10 datapoints reached 1\n",
    ]);
    const causes = await output("throttling", "for CAUSE in");
    expect(causes.trim().split("\n")).toEqual([
      "ReadProvisionedThroughputThrottleEvents\tNone",
      "ReadMaxOnDemandThroughputThrottleEvents\tNone",
      "ReadKeyRangeThroughputThrottleEvents\t12.0",
      "ReadAccountLimitThrottleEvents\tNone",
    ]);
  });

  it("shows units, bounds and what the autoscaler did", async () => {
    const shown = await output("throttling", "describe-scalable-targets");
    expect(shown).toContain("agent-profiles\t10\t10");
    expect(shown).toContain("job-index\t5\t5");
    expect(shown).toContain("table/agent-profiles\tdynamodb:table:ReadCapacityUnits\t10\t100");
  });
});

describe("the runbook of a hot partition", () => {
  it("turns the count of throttled keys on, reads it, and turns it off", async () => {
    expect(await output("hotPartition", "--contributor-insights-action ENABLE")).toContain(
      "ENABLED\tTHROTTLED_KEYS",
    );
    const report = await output("hotPartition", "get-insight-rule-report");
    expect(report).toMatch(
      /^DynamoDBContributorInsights-PKT-brand_processing_status_prod-status-index-\d+\n/,
    );
    expect(report).toContain("-SKT-");
    expect(await output("hotPartition", "--contributor-insights-action DISABLE")).toContain("DISABLING");
  });
});

describe("the runbook of failing functions", () => {
  it("reads a function's errors and when it was changed", async () => {
    const shown = await output("failing", "Runtime exited");
    expect(shown).toContain('"level":"ERROR"');
    expect(shown).toMatch(/Successful\t128\t10\n$/);
  });

  it("compares places with what is taken, and shows how long calls take", async () => {
    expect(await output("failing", "ConcurrentExecutions")).toMatch(/^20\n.*\t20\.0\n$/s);
    const slow = await output("failing", "--metric-name Duration");
    expect(slow).toContain("\t9400.0");
    expect(slow).toContain("\t850.0");
  });

  it("runs the event of a dead letter again, and deletes it only then", async () => {
    const done = await output("failing", "receive-message", "delete-message");
    expect(done).toContain("ErrorMessage: The call failed.");
    expect(done).toContain("200\tNone");
    const session = new GetCommand({ TableName: statuses, Key: { sessionId: "session-1" } });
    expect((await production.documents.send(session)).Item).toMatchObject({ overallStatus: "initializing" });
    const { Attributes } = await production.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: production.queueUrl, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
  });

  it("compares the queue that a function names with the one that is there and that its role may send to", async () => {
    const [named, found, allowed] = (await output("failing", "DeadLetterConfig")).trim().split("\n");
    expect([named, allowed]).toEqual([arn("sqs", letters), arn("sqs", letters)]);
    expect(found).toContain(`/${letters}`);
  });

  it("finds why executions failed, and their brands", async () => {
    const shown = await output("failing", "list-executions");
    expect(shown).toContain("\tAnswerRefused\n");
    expect(shown).toMatch(/12345\t.*\tAnswerRefused: no JSON\n/);
  });

  it("finds the API's answers and DynamoDB's errors", async () => {
    expect(await output("failing", "/aws/vendedlogs/apigateway/")).toContain('"status":"503"');
    expect(await output("failing", "for OPERATION in")).toBe("None\n7.0\nNone\n");
  });
});

it("each block of these pages is run here", () => {
  const documented = Object.values(pages).flatMap((page) => commandBlocks(page).map(key));
  expect(documented.filter((block) => !ran.has(block))).toEqual([]);
});
