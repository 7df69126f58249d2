/** A function against its stack, on what Lambda answers: each difference by its path, and no value of a variable. */

import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import {
  codeDifferences,
  roleAndKeyDifferences,
  settingDifferences,
  stateDifferences,
} from "../../../scripts/lib/verify/stacks/compare-function";
import {
  eventSourceDifferences,
  permissionDifferences,
  urlDifferences,
} from "../../../scripts/lib/verify/stacks/compare-function-access";
import { account, declaredStack, referencesIn } from "../../support/declared-stacks";

const stack = declaredStack("trade-status-services-dev");
const references = referencesIn(stack);
const name = "trade-status-write-dev";
const arn = `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const block = stack.one("aws_lambda_function", "write");
const role = `arn:aws:iam::${account}:role/${name}`;
const queue = `arn:aws:sqs:us-east-1:${account}:${name}-dead-letters`;
const given = { role, key: undefined, deadLetters: queue, layers: [] };
const settings = {
  variables: {
    DYNAMODB_TABLE_NAME: "ai-trade-matching-processing-status-dev",
    POWERTOOLS_SERVICE_NAME: "trade-status-write",
  },
  tracing: "Active",
};

/** What GetFunctionConfiguration answers of the function as it was applied. */
const applied: FunctionConfiguration = {
  FunctionName: name,
  FunctionArn: arn,
  Runtime: "nodejs22.x",
  Role: role,
  Handler: "index.handler",
  CodeSize: 130_122,
  Description: "Transitions of a trade-matching session, from its orchestrator",
  Timeout: 10,
  MemorySize: 256,
  CodeSha256: block.source_code_hash,
  Version: "$LATEST",
  DeadLetterConfig: { TargetArn: queue },
  Environment: { Variables: settings.variables },
  TracingConfig: { Mode: "Active" },
  State: "Active",
  LastUpdateStatus: "Successful",
  PackageType: "Zip",
  Architectures: ["arm64"],
  VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: "" },
};

const differences = (live: FunctionConfiguration) => [
  ...codeDifferences(block, live),
  ...stateDifferences(live),
  ...settingDifferences(settings, live),
  ...roleAndKeyDifferences(given, live),
];
const found = (change: Partial<FunctionConfiguration>) =>
  differences({ ...applied, ...change }).map(({ tier, path, actual }) => `${tier} ${path}: ${actual}`);

it("a function as it was applied is in spec", () => {
  expect(differences(applied)).toEqual([]);
});

it.each<[string, Partial<FunctionConfiguration>, readonly string[]]>([
  ["other code", { CodeSha256: "b3RoZXI=" }, ["declared code: b3RoZXI="]],
  ["another handler", { Handler: "index.other" }, ["declared handler: index.other"]],
  ["an old runtime", { Runtime: "nodejs18.x" }, ["declared runtime: nodejs18.x"]],
  ["another processor", { Architectures: ["x86_64"] }, ["declared architecture: x86_64"]],
  ["less memory", { MemorySize: 128 }, ["declared memory: 128"]],
  ["less time", { Timeout: 3 }, ["declared timeout: 3"]],
  ["no traces", { TracingConfig: { Mode: "PassThrough" } }, ["declared tracing: PassThrough"]],
  [
    "another role",
    { Role: `arn:aws:iam::${account}:role/admin` },
    [`declared role: arn:aws:iam::${account}:role/admin`],
  ],
  ["no dead-letter queue", { DeadLetterConfig: {} }, ["declared deadLetters: none"]],
  [
    "a layer",
    { Layers: [{ Arn: "arn:aws:lambda:us-east-1:9:layer:x:1" }] },
    ["undeclared layers: arn:aws:lambda:us-east-1:9:layer:x:1"],
  ],
  [
    "a key",
    { KMSKeyArn: "arn:aws:kms:us-east-1:9:key/1" },
    ["undeclared key: arn:aws:kms:us-east-1:9:key/1"],
  ],
  ["a network", { VpcConfig: { SubnetIds: ["subnet-1"] } }, ["undeclared vpc: subnet-1"]],
  [
    "a failed state",
    { State: "Failed", StateReasonCode: "InvalidZipFileException" },
    ["declared state: Failed, InvalidZipFileException"],
  ],
  ["a state of idleness", { State: "Inactive", StateReasonCode: "Idle" }, ["declared state: Inactive, Idle"]],
  [
    "a failed update",
    { LastUpdateStatus: "Failed", LastUpdateStatusReasonCode: "KMSKeyAccessDenied" },
    ["declared state.lastUpdate: Failed, KMSKeyAccessDenied"],
  ],
  ["an update that is under way", { LastUpdateStatus: "InProgress" }, ["unknown state: being updated"]],
  [
    "variables that cannot be decrypted",
    { Environment: { Error: { ErrorCode: "AccessDeniedException" } } },
    ["unknown variables: AccessDeniedException"],
  ],
])("%s is named, and nothing else", (_, change, expected) => {
  expect(found(change)).toEqual(expected);
});

it("variables are told by their names alone, whatever they hold", () => {
  const Variables = { DYNAMODB_TABLE_NAME: "hunter2", DEBUG_TOKEN: "hunter2" };
  expect(found({ Environment: { Variables } })).toEqual([
    "declared variables.DYNAMODB_TABLE_NAME: differs",
    "declared variables.POWERTOOLS_SERVICE_NAME: absent",
    "undeclared variables.DEBUG_TOKEN: set",
  ]);
  expect(JSON.stringify(differences({ ...applied, Environment: { Variables } }))).not.toContain("hunter2");
});

describe("who may call a function", () => {
  const permission = (route: string) => ({
    Sid: route,
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: arn,
    Condition: {
      ArnLike: { "AWS:SourceArn": `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5/*/POST/status` },
    },
  });
  const permissions = stack
    .having("aws_lambda_permission", "function_name", "aws_lambda_function.write")
    .map(([, one]) => one)
    .filter(({ statement_id }) => statement_id === "post_status");
  const compared = async (...statements: readonly object[]) =>
    permissionDifferences(
      name,
      arn,
      await references.resolve(permissions),
      JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements }),
    ).map(({ tier, path, actual }) => `${tier} ${path}: ${actual}`);

  it("is in spec as GetPolicy gives AddPermission back", async () => {
    expect(await compared(permission("post_status"))).toEqual([]);
  });

  it("is the API with the declared source, and no other", async () => {
    const Condition = { ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:us-east-1:9:x/*/POST/status" } };
    expect(await compared({ ...permission("post_status"), Condition })).toEqual([
      "declared permissions.post_status.Condition: ArnLike aws:sourcearn arn:aws:execute-api:us-east-1:9:x/*/POST/status",
    ]);
  });

  it("is nobody when the statement is gone, or the whole policy", async () => {
    expect(await compared()).toEqual(["declared permissions.post_status: absent"]);
    const without = permissionDifferences(name, arn, await references.resolve(permissions), undefined);
    expect(without).toMatchObject([{ path: "permissions.post_status", actual: "absent" }]);
  });

  it("is told as public where everyone may, and how to take it back", async () => {
    const open = { ...permission("open"), Principal: "*", Condition: undefined };
    const statements = JSON.stringify({ Statement: [permission("post_status"), open] });
    const [only, ...others] = permissionDifferences(
      name,
      arn,
      await references.resolve(permissions),
      statements,
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      tier: "undeclared",
      path: "publicAccess.open",
      remedy: `Remove it: aws lambda remove-permission --function-name ${name} --statement-id open`,
    });
  });

  it("is no public matter where an organization is named", async () => {
    const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } };
    const [path] = await compared(permission("post_status"), {
      ...permission("org"),
      Principal: "*",
      Condition,
    });
    expect(path).toMatch(/^undeclared permissions\.org: /);
  });

  it("is whoever has a URL, of the function or of an alias", () => {
    const url = {
      FunctionUrl: "https://x.lambda-url.us-east-1.on.aws/",
      CreationTime: "",
      LastModifiedTime: "",
    };
    expect(
      urlDifferences(name, [
        { ...url, FunctionArn: arn, AuthType: "NONE" },
        { ...url, FunctionArn: `${arn}:live`, AuthType: "AWS_IAM" },
      ]),
    ).toMatchObject([
      { path: "url", actual: "a URL with authorization NONE" },
      { path: "url.live", remedy: expect.stringContaining("--qualifier live") as string },
    ]);
  });
});

describe("what calls a function of itself", () => {
  const source = `arn:aws:dynamodb:us-east-1:${account}:table/orders/stream/2026-11-21T00:00:00.000`;
  const declared = {
    function_name: name,
    event_source_arn: source,
    enabled: true,
    batch_size: 100,
    starting_position: undefined,
  };
  const live = { UUID: "1", EventSourceArn: source, FunctionArn: arn, State: "Enabled", BatchSize: 100 };

  it.each([
    ["as declared", [declared], [live], []],
    ["standing still", [declared], [{ ...live, State: "Disabled" }], ["declared Disabled"]],
    ["being enabled", [declared], [{ ...live, State: "Enabling" }], ["unknown Enabling"]],
    ["gone", [declared], [], ["declared absent"]],
    ["that nobody declared", [], [live], [`undeclared ${source}, Enabled`]],
  ])("is a source %s", (_, wanted, sources, expected) => {
    expect(eventSourceDifferences(wanted, sources).map(({ tier, actual }) => `${tier} ${actual}`)).toEqual(
      expected,
    );
  });
});
