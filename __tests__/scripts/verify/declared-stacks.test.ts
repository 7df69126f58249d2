/** The verifier knows every resource that a stack has: what it does not look at, it says. */

import { notLookedAt } from "../../../scripts/lib/verify/stacks/coverage";
import { DeclaredStack } from "../../../scripts/lib/verify/stacks/declared-stack";
import { stacksOf } from "../../../stacks/naming";
import { environmentNames } from "../../../tables/naming";
import { account, declaredStack, declaredStacks, referencesIn } from "../../support/declared-stacks";
import { tokens } from "../../support/services";

/** With every setting that adds a resource or an attribute. */
const settings = {
  ...tokens,
  DEV_CORS_ORIGINS: "https://portal.example.com",
  DEV_AGENTCORE_ROLE: "agentcore-runtime",
  DEV_CHATBOT_ROLE: "cg-production-chatbot-role",
  DEV_ALARM_EMAILS: "oncall@example.com",
};

/** Routes name what AWS gives ids, which is followed instead; the rest is the tables' part of the verifier. */
const elsewhere = new Set([
  "aws_apigatewayv2_route",
  "aws_appautoscaling_policy",
  "aws_appautoscaling_target",
  "aws_dynamodb_table",
]);

describe("the resources of the stacks", () => {
  it.each(environmentNames)("are all looked at in %s, by their types and attributes", (environment) => {
    const stacks = declaredStacks(environment, environment === "dev" ? settings : {});
    expect(stacks.size).toBe(stacksOf(environment).length);
    expect(notLookedAt([...stacks.values()])).toEqual([]);
  });

  it("refer to nothing but what the verifier can resolve", async () => {
    for (const stack of declaredStacks("dev", settings).values()) {
      const looked = Object.entries(stack.resources).filter(([type]) => !elsewhere.has(type));
      const resolved = JSON.stringify(await referencesIn(stack).resolve(Object.fromEntries(looked)));
      expect(resolved).not.toMatch(/(?<!\$)\$\{(aws_|data\.)/);
    }
  });

  it("that are of a type or have an attribute which nothing is held against are told by name", () => {
    const { resources } = declaredStack("trade-status-services-dev");
    const read = resources["aws_lambda_function"]?.["read"];
    const stack = new DeclaredStack("trade-status-services-dev", {
      aws_lambda_function: { read: { ...read, vpc_config: { subnet_ids: ["subnet-1"] } } },
      aws_lambda_layer_version: { tools: { layer_name: "tools" } },
      aws_sqs_queue: { jobs: { name: "jobs", depends_on: ["aws_iam_role.read"] } },
    });
    expect(notLookedAt([stack])).toEqual(["aws_lambda_function.vpc_config", "aws_lambda_layer_version"]);
  });

  it("that are not as the verifier reads them are refused with what to correct", () => {
    const stack = new DeclaredStack("trade-status-services-dev", { aws_iam_role: { read: { name: 3 } } });
    expect(() => stack.all("aws_iam_role")).toThrow(/trade-status-services-dev.*aws_iam_role\.read, name/);
  });
});

describe("a reference", () => {
  const services = declaredStack("trade-status-services-dev");
  const references = referencesIn(services);

  it.each([
    ["${aws_iam_role.read.arn}", `arn:aws:iam::${account}:role/trade-status-read-dev`],
    [
      "${aws_lambda_function.write.arn}",
      `arn:aws:lambda:us-east-1:${account}:function:trade-status-write-dev`,
    ],
    [
      "${aws_lambda_function.write.invoke_arn}",
      "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" +
        `arn:aws:lambda:us-east-1:${account}:function:trade-status-write-dev/invocations`,
    ],
    [
      "${aws_sqs_queue.write_dead_letters.arn}",
      `arn:aws:sqs:us-east-1:${account}:trade-status-write-dev-dead-letters`,
    ],
    [
      "${aws_apigatewayv2_api.api.execution_arn}/*/POST/status",
      `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5/*/POST/status`,
    ],
    [
      "arn:aws:dynamodb:us-east-1:${data.aws_caller_identity.caller.account_id}:table/x",
      `arn:aws:dynamodb:us-east-1:${account}:table/x`,
    ],
    // Terraform's own escape: a variable of IAM.
    ["home/$${aws:username}", "home/${aws:username}"],
  ])("%s is what Terraform puts in its place", async (text, expected) => {
    expect(await references.resolve({ deep: [text] })).toEqual({ deep: [expected] });
  });

  it("to a key is the one that its alias leads to", async () => {
    const tables = referencesIn(declaredStack("trade-status-tables-dev"));
    expect(await tables.resolve("${aws_kms_key.key.arn}")).toMatch(/:key\/1234abcd-/);
  });

  it("to what is not deployed is no value: what names it cannot be compared", async () => {
    const without = referencesIn(services, { apis: () => Promise.resolve([]) });
    await expect(without.resolve("${aws_apigatewayv2_api.api.id}")).rejects.toThrow(
      "the API trade-status-dev is not deployed",
    );
  });

  it("that has no rule is refused, rather than compared as it stands", async () => {
    await expect(references.resolve("${aws_iam_role.read.unique_id}")).rejects.toThrow(
      /no rule for aws_iam_role/,
    );
    await expect(references.resolve("${jsonencode({})}")).rejects.toThrow("Only Terraform knows");
  });
});
