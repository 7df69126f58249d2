/** What the local gateway reads of synthesized stacks, and what it refuses to serve. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { readApis, readFunctions } from "../../scripts/local/gateway/read-apis";
import { temporaryFolder } from "../support/functions";
import { audience, issuer, writeServicesStack, type ResourceFixture } from "../support/services-stack";

const { folder, remove } = temporaryFolder();
afterAll(remove);

const stack = "trade-status-services-local";
const source = `exports.handler = async () => ({});`;
const routes = { "GET /status/{sessionId}": "AWS_IAM", "GET /status": "JWT" } as const;

const block = (resources: ResourceFixture, type: string, id: string): Record<string, unknown> =>
  resources[`aws_${type}`]?.[id] ?? {};

const refusal = (change: (resources: ResourceFixture) => void): string => {
  writeServicesStack(folder, stack, { source, routes, change });
  try {
    readApis(folder, [stack]);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was refused";
};

it("reads routes with their authorization and their function", () => {
  writeServicesStack(folder, stack, { source, routes });
  const [api] = readApis(folder, [stack]);
  expect(api?.routes).toMatchObject([
    {
      stack,
      key: "GET /status/{sessionId}",
      authorization: { type: "AWS_IAM" },
      function: {
        name: "trade-status-services-local-api",
        handler: "index.handler",
        environment: { TABLE_NAME: "ai-trade-matching-processing-status-local" },
        timeoutSeconds: 30,
        memoryMegabytes: 256,
      },
    },
    { key: "GET /status", authorization: { type: "JWT", issuer, audience: [audience] } },
  ]);
  expect(api?.routes[0]?.function).toBe(api?.routes[1]?.function);
});

it("reads functions that no route leads to, in the account that the local AWS plays", () => {
  writeServicesStack(folder, stack, {
    source,
    routes: {},
    change: (resources) => {
      const account = "${data.aws_caller_identity.caller.account_id}";
      const variables = { STATE_MACHINE_ARN: `arn:aws:states:us-east-1:${account}:stateMachine:brands` };
      Object.assign(block(resources, "lambda_function", "api"), { environment: { variables } });
    },
  });
  expect(readFunctions(folder, [stack])).toMatchObject([
    {
      stack,
      definition: {
        name: "trade-status-services-local-api",
        environment: { STATE_MACHINE_ARN: "arn:aws:states:us-east-1:123456789012:stateMachine:brands" },
      },
    },
  ]);
});

describe("the gateway refuses", () => {
  it("a stack that is not synthesized", () => {
    expect(() => readApis(folder, ["conversations-services-local"])).toThrow(
      "conversations-services-local cannot be read: synthesize it first",
    );
  });

  it("a function without its bundle", () => {
    writeServicesStack(folder, stack, { source, routes });
    rmSync(join(folder, "stacks", stack, "assets"), { recursive: true });
    expect(() => readApis(folder, [stack])).toThrow(`${stack}: function api has no bundle`);
  });

  it.each([
    ["an open route", { authorization_type: "NONE" }, "has authorization NONE; it must be AWS_IAM or JWT"],
    ["a JWT route without authorizer", { authorization_type: "JWT" }, 'refers to "", which is no aws_api'],
    [
      "a target that is not there",
      { target: "integrations/${aws_apigatewayv2_integration.gone.id}" },
      "gone",
    ],
    ["a route key that is none", { route_key: "status" }, "is no route"],
  ])("%s, and names stack and route", (_what, change, reason) => {
    const message = refusal((resources) =>
      Object.assign(block(resources, "apigatewayv2_route", "api_route_0"), change),
    );
    expect(message).toContain(`${stack}: route api_route_0 (`);
    expect(message).toContain(reason);
  });

  it("another payload format", () => {
    const message = refusal((resources) => {
      block(resources, "apigatewayv2_integration", "api_integration")["payload_format_version"] = "1.0";
    });
    expect(message).toContain("aws_apigatewayv2_integration.api_integration.payload_format_version");
  });

  it("a variable that only Terraform knows", () => {
    const message = refusal((resources) => {
      block(resources, "lambda_function", "api")["environment"] = {
        variables: { WORKFLOW_ARN: "${aws_sfn_state_machine.workflow.arn}" },
      };
    });
    expect(message).toContain(`${stack}: function api has a variable WORKFLOW_ARN that only Terraform knows`);
  });

  it("routes of two stacks that take the same requests, whatever their parameters' names", () => {
    const other = "design-analysis-services-local";
    writeServicesStack(folder, stack, { source, routes });
    writeServicesStack(folder, other, { source, routes: { "GET /status/{requestId}": "AWS_IAM" } });
    expect(() => readApis(folder, [stack, other])).toThrow(
      `"GET /status/{sessionId}" of ${stack} and "GET /status/{requestId}" of ${other} take the same requests`,
    );
  });
});
