/** What AWS throttles is asked again; what it goes on refusing is unknown, and never drift or a pass. */

import { judge } from "../../scripts/lib/verify/report";
import { verifyAll } from "../../scripts/lib/verify/verify-all";
import { awsClients } from "../../scripts/lib/aws";
import { putBackSettings } from "../../scripts/lib/restore/put-back";
import type { AwsCall } from "../../scripts/local/repairs/repair";
import { agentProfiles } from "../../tables/agent-profiles";
import { conversations } from "../../tables/conversations";
import { tableName } from "../../tables/naming";
import { refusedCall, startFaultyAws, type FaultyAws } from "../support/faulty-aws";
import { patient, startRecovery, type Recovery } from "../support/recovery";
import { cleanVariables, runScript } from "../support/scripts";

const specs = [agentProfiles, conversations];

let recovery: Recovery;
let faulty: FaultyAws;
beforeAll(async () => {
  recovery = await startRecovery();
  const { clients, environment } = recovery;
  for (const spec of specs) {
    await recovery.createTable(spec);
    const name = tableName(spec, environment.name);
    await putBackSettings(clients, spec, environment, name, { ...patient(), onSetting: () => undefined });
  }
  faulty = await startFaultyAws(recovery.endpoint);
}, 60_000);
afterAll(async () => {
  await faulty.stop();
  await recovery.stop();
});
beforeEach(() => {
  // The waits between two attempts are of random length: here of none.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  faulty.fault = undefined;
  jest.restoreAllMocks();
});

const verify = async (variables: NodeJS.ProcessEnv = {}) => {
  const { environment } = recovery;
  const clients = awsClients(environment, {}, { AWS_ENDPOINT_URL: faulty.endpoint, ...variables });
  return verifyAll(clients, { tables: specs, stacks: [] }, { environment, probe: false });
};
const findingsOf = async (...args: Parameters<typeof verify>) =>
  (await verify(...args)).flatMap(({ findings }) => findings);

const operationOf = ({ target }: AwsCall) => target.split(".")[1] ?? "";
const throttled = () => refusedCall("ThrottlingException", "Rate exceeded");

/** Every describe, by the path of what is unknown without it; that of targets concerns all tables. */
const describes: readonly (readonly [operation: string, path: string])[] = [
  ["DescribeTable", "read"],
  ["DescribeContinuousBackups", "pointInTimeRecovery"],
  ["DescribeTimeToLive", "timeToLive"],
  ["ListTagsOfResource", "tags"],
  ["GetResourcePolicy", "resourcePolicy"],
  ["DescribeContributorInsights", "contributorInsights.table"],
  ["DescribeKinesisStreamingDestination", "kinesisDestinations"],
  ["DescribeKey", "encryption.key"],
  ["GetKeyRotationStatus", "encryption.keyRotation"],
  ["DescribeScalableTargets", "autoscaling.targets"],
  ["DescribeScalingPolicies", "autoscaling.policies"],
  ["DescribeScheduledActions", "autoscaling.scheduled"],
];

it("each describe that is throttled twice is asked a third time, and nothing is reported", async () => {
  const asked = new Map<string, number>();
  faulty.fault = (call) => {
    if (call.target === "") return undefined;
    const question = `${operationOf(call)} ${call.body.toString()}`;
    const times = (asked.get(question) ?? 0) + 1;
    asked.set(question, times);
    return times > 2 ? undefined : throttled();
  };
  const reports = await verify();
  expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
  expect(reports).toHaveLength(specs.length);
  expect(new Set(asked.values())).toEqual(new Set([3]));
  const operations = [...asked.keys()].map((question) => question.split(" ")[0]);
  expect([...new Set(operations)].sort()).toEqual(describes.map(([operation]) => operation).sort());
});

it.each(describes)(
  "%s that is throttled for ever ends: %s is unknown, and nothing can be told",
  async (operation, path) => {
    let attempts = 0;
    faulty.fault = (call) => {
      if (operationOf(call) !== operation) return undefined;
      attempts += 1;
      return throttled();
    };
    const reports = await verify();
    const findings = reports.flatMap((report) => report.findings);
    expect(new Set(findings.map(({ tier }) => tier))).toEqual(new Set(["unknown"]));
    expect(findings).toContainEqual(
      expect.objectContaining({ path, actual: "ThrottlingException: Rate exceeded" }),
    );
    expect(judge(reports, { strict: false })).toBe("could not check");
    expect(attempts % 6).toBe(0);
    expect(attempts).toBeGreaterThan(0);
  },
);

it("a command whose describe is throttled for ever ends with 2", async () => {
  faulty.fault = (call) => (operationOf(call) === "DescribeTimeToLive" ? throttled() : undefined);
  const variables = cleanVariables({
    AWS_ENDPOINT_URL: faulty.endpoint,
    // AWS's own variable is heeded.
    AWS_MAX_ATTEMPTS: "1",
  });
  const { code, stdout } = await runScript("verify", ["--env", "staging", "conversations"], variables);
  expect(stdout).toContain("timeToLive (unknown)");
  expect(code).toBe(2);
});

it.each([
  ["AccessDeniedException", "not authorized to perform this"],
  ["UnknownOperationException", "UnknownError"],
])("%s is asked once, and hides no other aspect", async (type, message) => {
  const refused = new Map<string, number>();
  faulty.fault = (call) => {
    const operation = operationOf(call);
    if (!["GetResourcePolicy", "DescribeScheduledActions"].includes(operation)) return undefined;
    refused.set(operation, (refused.get(operation) ?? 0) + 1);
    return refusedCall(type, message);
  };
  const actual = expect.stringContaining(message) as unknown;
  expect(await findingsOf()).toMatchObject([
    { subject: tableName(agentProfiles, "staging"), tier: "unknown", path: "autoscaling.scheduled", actual },
    { subject: tableName(agentProfiles, "staging"), tier: "unknown", path: "resourcePolicy", actual },
    { subject: tableName(conversations, "staging"), tier: "unknown", path: "resourcePolicy", actual },
  ]);
  // Of the scaled table and its two indexes; of each table.
  expect(Object.fromEntries(refused)).toEqual({ DescribeScheduledActions: 3, GetResourcePolicy: 2 });
});

it("keys are asked about once, however many tables they encrypt, and targets once for all tables", async () => {
  const calls = new Map<string, number>();
  faulty.fault = (call) => {
    calls.set(operationOf(call), (calls.get(operationOf(call)) ?? 0) + 1);
    return undefined;
  };
  await verify();
  expect(Object.fromEntries(calls)).toMatchObject({
    DescribeTable: 2,
    DescribeKey: 2,
    GetKeyRotationStatus: 2,
    DescribeScalableTargets: 1,
    DescribeScalingPolicies: 3,
  });
});

it("answers on several pages are read to the last", async () => {
  faulty.fault = (call, next) => {
    if (operationOf(call) !== "DescribeScheduledActions") return undefined;
    const { NextToken, ResourceId } = JSON.parse(call.body.toString()) as Record<string, string>;
    const action = {
      ServiceNamespace: "dynamodb",
      ResourceId,
      ScalableDimension: "dynamodb:table:ReadCapacityUnits",
      ScheduledActionName: NextToken === undefined ? "nights" : "days",
      Schedule: "rate(1 day)",
    };
    const isTable = ResourceId?.includes("/index/") === false;
    if (!isTable) return next();
    return refusedCall("", "").then((reply) => ({
      ...reply,
      status: 200,
      body: Buffer.from(
        JSON.stringify({
          ScheduledActions: [action],
          ...(NextToken === undefined && { NextToken: "more" }),
        }),
      ),
    }));
  };
  expect((await findingsOf()).map(({ path }) => path)).toEqual([
    "autoscaling.table.read.scheduled.nights",
    "autoscaling.table.read.scheduled.days",
  ]);
});
