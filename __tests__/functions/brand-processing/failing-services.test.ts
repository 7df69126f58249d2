/** What the workflow's functions and the sweeper say when DynamoDB or Step Functions fail, throttle or are not there. */

import { createServer, type Server, type ServerResponse } from "node:http";
import "../../../scripts/lib/quiet-sdk";
import { addressOf, listen } from "../../../scripts/local/ports";
import { SfnExecutions } from "../../../functions/brand-processing/sfn-executions";
import { workflowSeconds } from "../../../stacks/brand-processing/workflow-definition";
import { marshall } from "@aws-sdk/util-dynamodb";
import { brandItem, coffee, executionArn, stateMachineArn } from "../../support/brands";
import { useFunctionVariables } from "../../support/function-variables";

const secret = "c4n4ry";

type Behaviour = (operation: string, response: ServerResponse) => void;

const failWith =
  (status: number, type: string): Behaviour =>
  (_, response) =>
    void response
      .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ __type: type, message: secret }));

const execution = executionArn("brand-12345-attempt-1-20260215T120000Z");
const claimed = brandItem({ status: "processing", workflow_execution_arn: execution });

/** A table of one brand, at which one operation behaves otherwise. */
const onlyAt =
  (failing: string, behaviour: Behaviour, item: object = claimed): Behaviour =>
  (operation, response) => {
    if (operation === failing) behaviour(operation, response);
    else
      response.end(
        JSON.stringify({ Item: marshall(item), Items: [marshall(item)], Attributes: marshall(item) }),
      );
  };

let server: Server;
let behaviour: Behaviour;
let logged: string[] = [];
type Handler = (event: unknown) => Promise<unknown>;
let handlers: Readonly<Record<"workflow" | "sweep", Handler>>;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      behaviour(String(request.headers["x-amz-target"]).split(".")[1] ?? "", response);
    });
  });
  await listen(server, 0);
  useFunctionVariables(addressOf(server), {
    BRAND_TABLE_NAME: "brand_processing_status_local",
    STATE_MACHINE_ARN: stateMachineArn,
    MOST_RETRIES: "3",
    STALE_AFTER_MINUTES: "130",
    POWERTOOLS_LOG_LEVEL: "INFO",
    // The logger then writes to this console.
    POWERTOOLS_DEV: "true",
  });
  for (const method of ["log", "info", "warn", "error"] as const) {
    jest.spyOn(console, method).mockImplementation((...texts) => void logged.push(texts.join(" ")));
  }
  const { handler: workflow } = await import("../../../functions/brand-processing/workflow");
  const { handler: sweep } = await import("../../../functions/brand-processing/sweep");
  handlers = { workflow, sweep };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => (logged = []));
afterEach(() => expect(logged.join("\n")).not.toContain(secret));

const subject = { brandid: 12345, attempt: 1, execution };
const steps = [
  { step: "claim", ...subject },
  { step: "complete", ...subject, metadata: coffee },
  { step: "fail", ...subject, error: { Error: "AnswerRefused" } },
];
/** A claim of a brand that it has already is not written. */
const calls = steps.flatMap((event) =>
  ["GetItem", "UpdateItem"].map((operation) => ({ step: event.step, operation, event })),
);
const dynamoDb = "com.amazonaws.dynamodb.v20120810#";

describe.each(calls)("a $step whose $operation", ({ operation, event }) => {
  const waiting = brandItem();
  const item = event.step === "claim" ? waiting : claimed;
  const run = (failure: Behaviour) => {
    behaviour = onlyAt(operation, failure, item);
    return handlers.workflow(event);
  };

  it.each([
    [400, "ProvisionedThroughputExceededException", "Throttled", /^The table is busy\./],
    [400, "ThrottlingException", "Throttled", /^The table is busy\./],
    [500, "InternalServerError", "TableUnavailable", /^The table did not answer\./],
    [503, "ServiceUnavailable", "TableUnavailable", /^The table did not answer\./],
    [400, "ResourceNotFoundException", "Error", /Deploy the system's tables stack\.$/],
    [400, "AccessDeniedException", "Error", /^The step failed\./],
  ])("fails with %i %s throws %s", async (status, type, name, message) => {
    const error: unknown = await run(failWith(status, dynamoDb + type)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) as string });
  });

  it("is never answered throws TableUnavailable", async () => {
    const error: unknown = await run((_, response) => response.destroy()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "TableUnavailable" });
  });
});

it("a step that always loses the race throws Contended", async () => {
  behaviour = onlyAt("UpdateItem", failWith(400, `${dynamoDb}ConditionalCheckFailedException`), brandItem());
  const error: unknown = await handlers.workflow(steps[0]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "Contended" });
});

describe("a sweep", () => {
  const stale = brandItem({ status: "processing", workflow_execution_arn: execution });

  it("that cannot read a list fails as a whole", async () => {
    behaviour = failWith(400, `${dynamoDb}ThrottlingException`);
    await expect(handlers.sweep({})).rejects.toThrow(/^The sweep failed\. The next run begins again/);
  });

  it.each([
    ["DescribeExecution", "ThrottlingException", "throttled"],
    ["DescribeExecution", "AccessDeniedException", "AccessDeniedException"],
    ["GetItem", `${dynamoDb}InternalServerError`, "InternalServerError"],
  ])("whose %s fails with %s counts that, and ends", async (operation, type, name) => {
    behaviour = onlyAt(operation, failWith(400, type), stale);
    const { troubles } = (await handlers.sweep({})) as { troubles: Record<string, number> };
    expect(Object.keys(troubles)).toContain(name);
    expect(logged.join("")).toContain(`"${name}":`);
    expect(logged.join("")).not.toContain("Starbucks");
  });
});

describe("Step Functions", () => {
  const executions = () => new SfnExecutions({ stateMachineArn });
  const name = "brand-12345-attempt-1-20260215T120000Z";
  const start = () => executions().start(name, { brandid: 12345, attempt: 1 });
  const answer =
    (body: object): Behaviour =>
    (_, response) =>
      void response.end(JSON.stringify(body));

  it("names an execution by the state machine's ARN", () => {
    expect(executions().arnOf(name)).toBe(execution);
    expect(() => new SfnExecutions({ stateMachineArn: "arn:aws:lambda:us-east-1:1:function:f" })).toThrow(
      /STATE_MACHINE_ARN/,
    );
  });

  it("begins an execution, or says that one of the name is over", async () => {
    behaviour = answer({ executionArn: execution, startDate: 1771156800 });
    expect(await start()).toBe("begun");
    behaviour = failWith(400, "ExecutionAlreadyExists");
    expect(await start()).toBe("ended");
  });

  it.each(["ThrottlingException", "ExecutionLimitExceeded", "KmsThrottlingException"])(
    "that is busy (%s) is a refusal that passes",
    async (type) => {
      behaviour = failWith(400, type);
      await expect(start()).rejects.toMatchObject({ name: "Refusal", code: "throttled", isPassing: true });
    },
  );

  it("without the workflow says what to deploy", async () => {
    behaviour = failWith(400, "StateMachineDoesNotExist");
    await expect(start()).rejects.toThrow("The workflow is not there. Deploy the system's services stack.");
  });

  it.each([
    ["RUNNING", "running"],
    ["SUCCEEDED", "ended"],
    ["FAILED", "ended"],
    ["TIMED_OUT", "ended"],
    ["ABORTED", "ended"],
  ])("says of an execution that is %s: %s", async (status, state) => {
    behaviour = answer({ executionArn: execution, stateMachineArn, status, startDate: 1771156800 });
    expect(await executions().state(execution)).toBe(state);
  });

  it.each(["ExecutionDoesNotExist", "InvalidArn", "ValidationException"])(
    "does not know an execution: %s",
    async (type) => {
      behaviour = failWith(400, type);
      expect(await executions().state(execution)).toBe("unknown");
    },
  );

  it("is not asked about an execution of another state machine", async () => {
    behaviour = () => {
      throw new Error("Nobody may ask.");
    };
    for (const arn of ["", "nonsense", execution.replace("-local:", "-prod:"), stateMachineArn]) {
      expect(await executions().state(arn)).toBe("unknown");
    }
  });
});

it("the sweeper waits longer than the whole workflow may take", async () => {
  jest.resetModules();
  const set = (minutes: number) => (process.env["STALE_AFTER_MINUTES"] = String(minutes));
  const load = () => import("../../../functions/brand-processing/sweep");
  set(workflowSeconds.whole / 60);
  await expect(load()).rejects.toThrow(/STALE_AFTER_MINUTES must be a whole number from 121 to/);
  set(workflowSeconds.whole / 60 + 1);
  await expect(load()).resolves.toHaveProperty("handler");
});
