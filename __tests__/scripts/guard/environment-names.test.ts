import { namedParts, nameKinds, namesOf, ownerOf } from "../../../scripts/lib/guard/environment-names";
import { mentions, ownNames } from "../../../scripts/lib/guard/mentioned-names";
import type { Values } from "../../../scripts/lib/plan/planned-stack";
import { stacksOf } from "../../../stacks/naming";
import { environmentNames } from "../../../tables/naming";
import { changeOf, refusing } from "../../support/planned-changes";
import { synthesizeAll } from "../../support/synthesis";

const populated = {
  DEV_ATHENA_DATABASE: "brands",
  DEV_ATHENA_WORKGROUP: "primary",
  DEV_ATHENA_OUTPUT: "s3://brand-processing-dev/athena-results/",
  DEV_ATHENA_DATA: "s3://brand-processing-dev/brands/",
  DEV_POPULATION_SCHEDULE: "cron(0 3 * * ? *)",
  DEV_ALARM_EMAILS: "on-call@acme.example",
};
const documents = synthesizeAll(populated);

const resources = environmentNames.flatMap((environment) =>
  stacksOf(environment).flatMap((stack) =>
    Object.entries(documents.get(stack)?.resource ?? {}).flatMap(([type, ofType]) =>
      Object.entries(ofType).map(([id, block]) => ({
        environment,
        address: `${stack}: ${type}.${id}`,
        type,
        values: block as Values,
      })),
    ),
  ),
);
/** Without those of what a resource refers to. */
const named = resources.flatMap(({ environment, address, type, values }) =>
  [...ownNames(type, values)]
    .filter(({ name }) => !name.includes("${"))
    .map((mention) => ({ environment, address, ...mention })),
);
/** Named within what they belong to, and a scaling policy by its table, which its target names. */
const namedWithin = [
  "aws_apigatewayv2_stage",
  "aws_appautoscaling_policy",
  "aws_bedrockagent_agent_action_group",
];

describe("the names of an environment", () => {
  it("hold every name that its stacks synthesize", () => {
    const missing = named.filter(({ environment, kind, name }) => !namesOf(environment)[kind].has(name));

    expect(named.length).toBeGreaterThan(250);
    // Whoever adds a function or an access policy adds it to namedParts.
    expect(missing.map(({ address, name }) => `${address} ${name}`)).toEqual([]);
  });

  it("are looked for in every type of resource that has a name", () => {
    const unnamed = resources.filter(
      ({ type, values }) =>
        Object.entries(values).some(
          ([key, value]) => /(^|_)name$/.test(key) && typeof value === "string" && !value.includes("${"),
        ) && [...ownNames(type, values)].length === 0,
    );
    expect([...new Set(unnamed.map(({ type }) => type))].sort()).toEqual(namedWithin);
  });

  it("name no function and no access policy that no stack has", () => {
    for (const kind of ["function", "policy"] as const) {
      const synthesized = new Set(
        named.filter((one) => one.environment === "dev" && one.kind === kind).map(({ name }) => name),
      );
      expect([...namesOf("dev")[kind]].filter((name) => !synthesized.has(name))).toEqual([]);
    }
    expect(Object.keys(namedParts)).toHaveLength(5);
  });

  it("are each one environment's alone", () => {
    for (const kind of nameKinds) {
      const all = environmentNames.flatMap((environment) => [...namesOf(environment)[kind]]);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it("are no other environment's in any synthesized stack", () => {
    const foreign = resources.flatMap(({ environment, address, type, values }) =>
      [...mentions(type, values)]
        .filter(({ kind, name }) => ownerOf(kind, name, environment) !== undefined)
        .map(({ name, path }) => `${address} ${path} ${name}`),
    );
    expect(foreign).toEqual([]);
  });
});

describe("a plan of staging", () => {
  const created = (type: string, after: Values) => refusing(changeOf(type, { action: "create", after }));
  const variables = (value: string) =>
    created("aws_lambda_function", { environment: [{ variables: { TABLE_NAME: value } }] });

  it.each([
    ["the function of production", "aws_lambda_function", { function_name: "conversations-read" }],
    ["the API of production", "aws_apigatewayv2_api", { name: "conversations" }],
    ["the alias of dev", "aws_kms_alias", { name: "alias/agent-matching-tables-dev" }],
    ["the dead letters of local", "aws_sqs_queue", { name: "trade-status-write-local-dead-letters" }],
    [
      "a scaling target of production",
      "aws_appautoscaling_target",
      { resource_id: "table/agent-profiles/index/job-index" },
    ],
    ["the tag of production", "aws_iam_role", { tags_all: { Environment: "production" } }],
    ["the brand table of production", "aws_dynamodb_table", { name: "brand_processing_status_prod" }],
  ])("is refused with %s", (_what, type, after) => {
    expect(created(type, after)).toEqual(["foreign-names"]);
  });

  it("is refused for what another environment has before the change", () => {
    const before = { name: "agent-profiles", tags: {} };

    expect(refusing(changeOf("aws_dynamodb_table", { action: "update", before, after: before }))).toEqual([
      "foreign-names",
    ]);
  });

  it("is refused with another's table in a function's variables, and not with one that is called alike", () => {
    expect(variables("agent-profiles")).toEqual(["foreign-names"]);
    expect(variables("agent-profiles-dev")).toEqual(["foreign-names"]);
    expect(variables("agent-profiles-staging")).toEqual([]);
    expect(variables("agent-profiles-developers")).toEqual([]);
    expect(variables("the table agent-profiles")).toEqual([]);
    expect(variables("agent-conversations-staging,agent-profiles")).toEqual(["foreign-names"]);
    expect(
      variables("https://sqs.us-east-1.amazonaws.com/123456789012/trade-status-write-dead-letters"),
    ).toEqual(["foreign-names"]);
  });

  it("is refused with a name inside a document, as a workflow's definition and a policy's condition have it", () => {
    const definition = (TableName: string) => ({
      definition: JSON.stringify({ States: { Save: { Arguments: { TableName } } } }),
    });
    const condition = (alias: string) => ({
      policy: JSON.stringify({
        Statement: [{ Condition: { StringEquals: { "kms:ResourceAliases": alias } } }],
      }),
    });

    expect(created("aws_sfn_state_machine", definition("brand_processing_status_prod"))).toEqual([
      "foreign-names",
    ]);
    expect(created("aws_sfn_state_machine", definition("brand_processing_status_staging"))).toEqual([]);
    expect(created("aws_iam_role_policy", condition("alias/trade-status-tables-prod"))).toEqual([
      "foreign-names",
    ]);
    expect(created("aws_iam_role_policy", condition("alias/trade-status-tables-*"))).toEqual([
      "foreign-names",
    ]);
    expect(created("aws_iam_role_policy", condition("alias/trade-status-tables-staging"))).toEqual([]);
  });

  it.each([
    ["arn:aws:dynamodb:us-east-1:123456789012:table/agent-*", ["foreign-names"]],
    ["arn:aws:dynamodb:*:*:table/*", ["foreign-names"]],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/agent-profiles?dev", ["foreign-names"]],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/agent-*-staging", []],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/agent-profiles-staging/index/*", []],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/inventory-*", []],
    ["arn:aws:iam::123456789012:role/service-role/conversations-read", ["foreign-names"]],
  ])("with %s in a policy is refused by %j", (Resource, refusedBy) => {
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource }] });
    expect(created("aws_iam_role_policy", { policy })).toEqual(refusedBy);
  });

  it("goes through with a system's name where it is no resource's", () => {
    expect(created("aws_iam_role", { tags: { System: "conversations" }, path: "/conversations" })).toEqual(
      [],
    );
    expect(
      created("aws_iam_role", { description: "Not agent-profiles", tags_all: { Environment: "staging" } }),
    ).toEqual([]);
  });
});
