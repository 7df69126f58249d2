/** What stands around tables, read from the stacks as they synthesize. */

import { fixedCost, type Resource } from "../../../scripts/lib/cost/fixed";
import { readStacks } from "../../../scripts/lib/cost/read-stacks";
import {
  systemSurroundings,
  tableSurroundings,
  type StackResources,
} from "../../../scripts/lib/cost/installed";
import { loadSettings } from "../../../stacks/settings";
import { catalogue } from "../../../tables/catalogue";
import { conversations } from "../../../tables/conversations";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import { systems } from "../../../tables/systems";

const alarm = (values: Resource["values"]): Resource => ({ type: "aws_cloudwatch_metric_alarm", values });
const stack = (layer: "tables" | "services", resources: readonly Resource[]): StackResources => ({
  stack: `design-analysis-${layer}-prod`,
  system: "design-analysis",
  resources,
});

describe("a table's surroundings", () => {
  it("are the alarms on it, by its name or by reference, and no function's", () => {
    const stacks = [
      stack("tables", [
        { type: "aws_kms_key", values: {} },
        alarm({ dimensions: { TableName: "design-analysis-tracking" } }),
        alarm({
          metric_query: [
            { metric: { dimensions: { TableName: "${aws_dynamodb_table.design-analysis-tracking.name}" } } },
            { metric: [{ dimensions: { TableName: "design-analysis-tracking" } }] },
            { expression: "m1 + m2" },
          ],
        }),
      ]),
      stack("services", [
        alarm({ dimensions: { FunctionName: "design-analysis-write" } }),
        { type: "aws_cloudwatch_dashboard", values: {} },
      ]),
    ];
    expect(tableSurroundings(stacks, designAnalysisTracking, "prod").alarms.count).toBe(3);
    const [system] = systemSurroundings(stacks).filter((one) => one.system === "design-analysis");
    expect([system?.keys.count, system?.alarms.count, system?.dashboards.count]).toEqual([1, 1, 1]);
  });

  it.each([
    ["arn:aws:dynamodb:us-east-1:123456789012:table/design-analysis-tracking", true],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/design-analysis-tracking-old", false],
  ])("are audited by a trail of %s: %s", (arn, isAudited) => {
    const values = { event_selector: [{ data_resource: [{ type: "AWS::DynamoDB::Table", values: [arn] }] }] };
    const stacks = [stack("tables", [{ type: "aws_cloudtrail", values }])];
    expect(tableSurroundings(stacks, designAnalysisTracking, "prod").isAudited).toBe(isAudited);
    expect(tableSurroundings(stacks, conversations, "prod").isAudited).toBe(false);
  });
});

it("every system of an environment has a key, and no alarm is counted twice or not at all", () => {
  const stacks = readStacks(loadSettings({}), "prod");
  const found = systemSurroundings(stacks);
  expect(found.map(({ system }) => system)).toEqual([...systems]);
  for (const { keys } of found) expect(keys.count).toBeGreaterThanOrEqual(1);
  const declared = fixedCost(
    "alarms",
    stacks.flatMap(({ resources }) => resources),
  ).count;
  const ofTables = catalogue.map((spec) => tableSurroundings(stacks, spec, "prod").alarms.count);
  const counted = [...ofTables, ...found.map(({ alarms }) => alarms.count)];
  expect(counted.reduce((all, one) => all + one, 0)).toBe(declared);
});
