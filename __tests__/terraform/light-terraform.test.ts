/** Terraform as the tests start it does what it does by itself. */

import { init, plan, terraform, type StackRuns } from "../../scripts/lib/stack-runs";
import { fetchProvider, prepareTerraform } from "../../scripts/lib/terraform";
import { startDeployment, type Deployment } from "../support/deployment";
import { temporaryFolder } from "../support/functions";
import { joinStacks } from "../support/joined-stacks";
import { lightTerraform } from "../support/light-terraform/light-terraform";
import { onlyTypes } from "../support/light-terraform/schemas";
import { cleanVariables } from "../support/scripts";

/** A field of a message: bytes, or a number below 128. */
function field(number: number, value: Buffer | string | number): Buffer {
  if (typeof value === "number") return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
const entry = (type: string, schema: string) => Buffer.concat([field(1, type), field(2, schema)]);
const long = "schema ".repeat(40);

it("of a provider's answer only the schemas of other types are left out", () => {
  const provider = field(1, "the provider's own");
  const table = field(2, entry("aws_dynamodb_table", long));
  const queue = field(2, entry("aws_sqs_queue", long));
  const caller = field(3, entry("aws_caller_identity", "read"));
  const image = field(3, entry("aws_ami", "read"));
  const rest = Buffer.concat([field(6, field(1, 1)), field(7, entry("arn_parse", "function")), field(9, 5)]);
  expect(
    onlyTypes(
      Buffer.concat([provider, queue, table, image, caller, rest]),
      new Set(["aws_dynamodb_table", "aws_caller_identity"]),
    ),
  ).toEqual(Buffer.concat([provider, table, caller, rest]));
});

it("with PLAIN_TERRAFORM nothing stands between Terraform and its provider", async () => {
  expect(await lightTerraform({ ...process.env, PLAIN_TERRAFORM: "1" })).toEqual({});
});

describe("a plan", () => {
  const { folder, remove } = temporaryFolder();
  let deployment: Deployment;
  beforeAll(async () => (deployment = await startDeployment()), 60_000);
  afterAll(async () => {
    await deployment.stop();
    remove();
  });

  const planned = async (runs: StackRuns) => {
    await init(runs, "both");
    await plan(runs, "both");
    const { stdout } = await terraform(runs, "both", "show", ["show", "-json", "plan.tfplan"]);
    const { resource_changes, planned_values, configuration } = JSON.parse(stdout) as Record<string, unknown>;
    return { resource_changes, planned_values, configuration };
  };

  it("is the same with all of the provider's schemas", async () => {
    const { runs } = deployment;
    joinStacks(runs, ["design-analysis-tables-dev", "design-analysis-services-dev"], "both");
    const plain = await prepareTerraform(folder, cleanVariables());
    const variables = { ...deployment.variables, ...plain.environment };
    const fetched = await fetchProvider(plain, folder, variables);
    const light = await planned(runs);
    expect(light.resource_changes).toHaveLength(
      (JSON.stringify(light.planned_values).match(/"mode":"managed"/g) ?? []).length,
    );
    expect(light).toEqual(
      await planned({ ...runs, binary: plain.binary, variables: { ...variables, ...fetched } }),
    );
  }, 120_000);
});
