/** What holds the verifier's policy against its calls, itself held against what IAM says. */

import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { verifyActions } from "../../../stacks/bootstrap/verify-actions";
import { actionOf, actionOfRequest, compareActions, recordActions } from "../../support/recorded-actions";

it.each([
  ["KMSClient", "DescribeKeyCommand", "kms:DescribeKey"],
  ["SFNClient", "DescribeStateMachineCommand", "states:DescribeStateMachine"],
  ["BedrockAgentClient", "ListAgentAliasesCommand", "bedrock:ListAgentAliases"],
  ["ApiGatewayV2Client", "GetRoutesCommand", "apigateway:GET"],
  ["S3Client", "GetBucketEncryptionCommand", "s3:GetEncryptionConfiguration"],
  ["S3Client", "HeadBucketCommand", "s3:ListBucket"],
])("%s's %s is %s", (client, command, action) => {
  expect(actionOf(client, command)).toBe(action);
});

it("a call without a client is known by its signature, and its target or path", () => {
  const signed = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=AKID/20260504/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  expect(actionOfRequest(signed("logs"), "Logs_20140328.DescribeLogGroups", "/")).toBe(
    "logs:DescribeLogGroups",
  );
  expect(actionOfRequest(signed("scheduler"), undefined, "/schedules/sweep")).toBe("scheduler:GetSchedule");
  expect(() => actionOfRequest(signed("events"), undefined, "/")).toThrow(
    "No action is known here for events /.",
  );
  expect(actionOfRequest(signed("lambda"), undefined, "/2015-03-31/functions")).toBeUndefined();
  expect(() => actionOf("OrdersClient", "GetOrderCommand")).toThrow("No service is known here");
});

it("what is called and not allowed, and what is allowed and not called, are both told", () => {
  expect(
    compareActions(["sts:GetCallerIdentity", "kms:DescribeKey", "iam:GetRole"], ["kms:DescribeKey"]),
  ).toEqual({
    missing: ["iam:GetRole"],
    unused: [],
  });
  expect(compareActions([], ["kms:DescribeKey"])).toEqual({ missing: [], unused: ["kms:DescribeKey"] });
});

it("calls of several clients are recorded, those that fail too", async () => {
  const configuration = {
    endpoint: "http://127.0.0.1:9",
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const recorded = await recordActions(() =>
    Promise.allSettled([
      new DynamoDBClient(configuration).send(new DescribeTableCommand({ TableName: "agent-profiles" })),
      new KMSClient(configuration).send(new DescribeKeyCommand({ KeyId: "alias/agent-matching-tables" })),
    ]),
  );
  expect([...recorded].sort()).toEqual(["dynamodb:DescribeTable", "kms:DescribeKey"]);
  expect(
    compareActions(
      recorded,
      verifyActions.flatMap(({ actions }) => actions),
    ).missing,
  ).toEqual([]);
});
