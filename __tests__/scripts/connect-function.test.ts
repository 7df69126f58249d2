/** `npm run connect-function`: one variable of somebody else's Lambda, and nothing else of it. */

import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { awsConfiguration } from "../../scripts/lib/aws";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { loadEnvironments } from "../../stacks/environments";
import { chatbot, connectionRecord, expectNoSecret, secrets } from "../support/chatbot";
import { commandBlocks } from "../support/documents";
import { bundle } from "../support/functions";
import { cleanVariables, runScript } from "../support/scripts";

const table = "cg-chatbot-conversations";
const page = "docs/runbooks/connect-function.md";
const role = "cg-chatbot-lambda-role";

afterAll(() => {
  for (const name of [chatbot, "moved-chatbot"]) rmSync(connectionRecord("prod", name), { force: true });
});

/** No client of IAM is among the packages; moto reads the service out of the signature's scope alone. */
async function createRole(endpoint: string): Promise<void> {
  const { ok } = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: role,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
        ],
      }),
    }),
  });
  expect(ok).toBe(true);
}

describe("npm run connect-function", () => {
  let aws: LocalAws;
  let client: LambdaClient;
  const calls: string[] = [];

  beforeAll(async () => {
    aws = await startLocalAws({ variables: cleanVariables() });
    const { prod } = loadEnvironments({});
    client = new LambdaClient(awsConfiguration(prod, {}, cleanVariables(aws.variables)));
    await createRole(aws.endpoint);
  });
  afterAll(async () => {
    client.destroy();
    await aws.stop();
  });

  const create = (name: string, variables: Record<string, string>) =>
    client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: `arn:aws:iam::123456789012:role/${role}`,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Timeout: 45,
        Code: { ZipFile: bundle("exports.handler = async () => process.env;") },
        Environment: { Variables: variables },
      }),
    );
  const variablesOf = async (name: string) => {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return Environment?.Variables ?? {};
  };
  const connect = async (...more: readonly string[]) => {
    const outcome = await runScript("connect-function", more, aws.variables);
    calls.push(outcome.stdout, outcome.stderr);
    return outcome;
  };

  it("does what the runbook says, command by command, and leaves every other variable byte for byte", async () => {
    await create(chatbot, secrets);
    const seen: Record<string, string>[] = [];
    const printed: string[] = [];
    for (const command of commandBlocks(page).flatMap(({ commands }) => commands)) {
      const env = { ...cleanVariables(aws.variables), CI: "1" };
      const { code, stdout, stderr } = await run("bash", ["-c", command], { cwd: root, env });
      calls.push(stdout, stderr);
      expect({ command, code, stderr: code === 0 ? "" : stderr }).toEqual({ command, code: 0, stderr: "" });
      printed.push(stdout);
      seen.push(await variablesOf(chatbot));
      if (existsSync(connectionRecord("prod"))) calls.push(readFileSync(connectionRecord("prod"), "utf8"));
    }
    const connected = { ...secrets, DYNAMODB_TABLE_NAME: table };
    // Looked at, connected, taken back.
    expect(seen).toEqual([secrets, connected, secrets]);
    expect(printed[0]).toContain(`  + DYNAMODB_TABLE_NAME="${table}"`);
    expect(printed[0]).toContain("3 other variables stay: DATABASE_URL, OPENAI_API_KEY, PROMPT");
    expect(existsSync(connectionRecord("prod"))).toBe(false);
    expectNoSecret(...calls);
  });

  it("says that a connected function is connected, and writes nothing", async () => {
    await create("connected-chatbot", { DYNAMODB_TABLE_NAME: `${table}-dev` });
    const find = new GetFunctionConfigurationCommand({ FunctionName: "connected-chatbot" });
    const { RevisionId } = await client.send(find);
    const { code, stdout } = await connect("--function", "connected-chatbot", "--env", "dev");
    expect([code, stdout]).toEqual([0, `connected-chatbot is connected to ${table}-dev already.\n`]);
    expect((await client.send(find)).RevisionId).toBe(RevisionId);
    expect(existsSync(connectionRecord("dev", "connected-chatbot"))).toBe(false);
  });

  it("takes back the value from before, and only while the value is the one that it wrote", async () => {
    const name = "moved-chatbot";
    const before = { ...secrets, DYNAMODB_TABLE_NAME: "old-conversations" };
    await create(name, before);
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
    const connected = await connect("--function", arn, "--env", "prod", "--yes", "--json");
    expect(connected.code).toBe(0);
    expect(JSON.parse(connected.stdout)).toEqual({
      schemaVersion: 1,
      environment: "prod",
      function: arn,
      outcome: "connected",
      arn,
      change: {
        variable: "DYNAMODB_TABLE_NAME",
        before: "old-conversations",
        after: table,
        kept: Object.keys(secrets).sort(),
      },
    });
    const record = connectionRecord("prod", name);
    expect(statSync(record).mode & 0o777).toBe(0o600);
    calls.push(readFileSync(record, "utf8"));

    const set = (value: string) =>
      client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: name,
          Environment: { Variables: { ...before, DYNAMODB_TABLE_NAME: value } },
        }),
      );
    const undo = () => connect("--function", name, "--env", "prod", "--undo", "--yes");
    await set("somebody-elses-table");
    const refused = await undo();
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("someone changed it since. Change it by hand, and delete ");
    await set(table);
    expect((await undo()).code).toBe(0);
    expect(await variablesOf(name)).toEqual(before);
    const again = await undo();
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`No connection of ${name} is recorded in this clone`);
    expectNoSecret(...calls);
  });

  it("cannot tell of a function that is not there: exit 2", async () => {
    const { code, stderr } = await connect("--function", "no-chatbot", "--env", "prod", "--yes");
    expect(code).toBe(2);
    expect(stderr.trim()).toBe(
      "There is no function no-chatbot here. Check its name, --region and --profile.",
    );
  });
});
