/** What a plan changes of a month's cost: against figures of others (infracost) and by hand. */

import { describeCostChange } from "../../../scripts/lib/cost/cost-change";
import { costDocument, costMarkdown } from "../../../scripts/lib/cost/cost-text";
import { dollars, exactly, minus, times, toCents, toSignedCents } from "../../../scripts/lib/cost/money";
import { readPlan, type PlannedStack } from "../../../scripts/lib/plan/planned-stack";

const stack = "agent-matching-tables-prod";

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly before?: object;
  readonly after?: object;
  readonly actions?: readonly string[];
}

/** As Terraform shows it; the actions follow from what is there before and after. */
function planOf(...resources: readonly Resource[]): PlannedStack {
  return readPlan(
    stack,
    JSON.stringify({
      format_version: "1.2",
      resource_changes: resources.map(({ type, name, before, after, actions }) => ({
        address: `${type}.${name}`,
        mode: "managed",
        type,
        name,
        change: { actions: actions ?? actionsOf(before, after), before, after },
      })),
    }),
  );
}

function actionsOf(before?: object, after?: object): readonly string[] {
  if (before === undefined) return ["create"];
  if (after === undefined) return ["delete"];
  return [JSON.stringify(before) === JSON.stringify(after) ? "no-op" : "update"];
}

const table = (values: object = {}) => ({
  name: "agent-profiles",
  billing_mode: "PROVISIONED",
  read_capacity: 10,
  write_capacity: 10,
  table_class: "STANDARD",
  global_secondary_index: [],
  point_in_time_recovery: [{ enabled: true }],
  ...values,
});
const index = (name: string) => ({ name, read_capacity: 5, write_capacity: 5 });
const target = (place: string, direction: "Read" | "Write", min: number, max: number) => ({
  service_namespace: "dynamodb",
  resource_id: place,
  scalable_dimension: `dynamodb:${place.includes("/index/") ? "index" : "table"}:${direction}CapacityUnits`,
  min_capacity: min,
  max_capacity: max,
});

const profiles = (before?: object, after?: object): Resource => ({
  type: "aws_dynamodb_table",
  name: "agent-profiles",
  ...(before && { before }),
  ...(after && { after }),
});
const scaling = (name: string, before?: object, after?: object): Resource => ({
  type: "aws_appautoscaling_target",
  name,
  ...(before && { before }),
  ...(after && { after }),
});

const rows = (plan: PlannedStack) =>
  costMarkdown([describeCostChange(plan)])
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.replace("| `agent-matching-tables-prod` | ", "").replace(/ \|$/, ""));

describe("fixed cost", () => {
  it.each([
    [0, 20, "$9.49"],
    [30, 0, "$2.85"],
  ])("of %i read and %i write units is infracost's %s", (read_capacity, write_capacity, month) => {
    const plan = planOf(profiles(undefined, table({ read_capacity, write_capacity })));
    expect(rows(plan)).toEqual([`\`agent-profiles\` | $0.00 | ${month} | +${month}`]);
  });

  it("of a table that is autoscaled with its indexes reaches from the minima to the maxima", () => {
    const indexes = [index("job-index"), index("location-index")];
    const places = [
      ["table/agent-profiles", 10],
      ["table/agent-profiles/index/job-index", 5],
      ["table/agent-profiles/index/location-index", 5],
    ] as const;
    const plan = planOf(
      profiles(undefined, table({ global_secondary_index: indexes })),
      ...places.flatMap(([place, min]) => [
        scaling(`${place}__read`, undefined, target(place, "Read", min, 100)),
        scaling(`${place}__write`, undefined, target(place, "Write", min, 100)),
      ]),
    );
    // A read and a write unit are 0.5694 a month together: 20 of each, and 300.
    expect(rows(plan)).toEqual(["`agent-profiles` | $0.00 | $11.39 … $170.82 | +$11.39 … +$170.82"]);
  });

  it("changes with a maximum alone, of a table that stays as it is", () => {
    const place = "table/agent-profiles";
    const write = target(place, "Write", 10, 100);
    const plan = planOf(
      // What autoscaling has set is not what is paid for all month.
      profiles(table({ write_capacity: 37 }), table({ write_capacity: 37 })),
      scaling("agent-profiles__write", write, target(place, "Write", 10, 200)),
    );
    expect(rows(plan)).toEqual(["`agent-profiles` | $5.69 … $48.40 | $5.69 … $95.85 | $0.00 … +$47.45"]);
  });

  it("grows with an index, by its own units", () => {
    const plan = planOf(profiles(table(), table({ global_secondary_index: [index("job-index")] })));
    expect(rows(plan)).toEqual(["`agent-profiles` | $5.69 | $8.54 | +$2.85"]);
  });

  it("goes with a table that becomes on-demand, whose requests are told", () => {
    const onDemand = table({ billing_mode: "PAY_PER_REQUEST", read_capacity: 0, write_capacity: 0 });
    const plan = planOf(profiles(table(), onDemand));
    expect(rows(plan)).toEqual(["`agent-profiles` | $5.69 | $0.00 | -$5.69"]);
    expect(costMarkdown([describeCostChange(plan)])).toContain(
      "- `agent-matching-tables-prod`: `agent-profiles` costs $6.25 per ten million writes and $1.25 per ten million reads.",
    );
  });

  it("stays where Terraform only forgets the table", () => {
    const plan = planOf({ ...profiles(table()), actions: ["forget"] });
    expect(describeCostChange(plan).lines).toEqual([]);
    expect(costMarkdown([describeCostChange(plan)])).toContain("No fixed cost changes.");
  });

  it("has a dollar a key", () => {
    const key = { type: "aws_kms_key", name: "key", before: { description: "agent-matching" } };
    expect(rows(planOf(key))).toEqual(["`keys` | $1.00 | $0.00 | -$1.00"]);
  });

  it("of a replaced table is that of the new one", () => {
    const replaced = { ...profiles(table(), table({ read_capacity: 20 })), actions: ["delete", "create"] };
    expect(rows(planOf(replaced))).toEqual(["`agent-profiles` | $5.69 | $6.64 | +$0.95"]);
  });
});

describe("monitoring and audit", () => {
  const metric = (period = 60) => ({ metric: [{ metric_name: "Errors", period }] });
  const alarm = (name: string, values: object): Resource => ({
    type: "aws_cloudwatch_metric_alarm",
    name,
    after: { alarm_name: name, ...values },
  });

  it("costs ten cents for each metric of an alarm, and thirty where it looks every ten seconds", () => {
    const plan = planOf(
      alarm("throttled", { metric_name: "ThrottledRequests", period: 300 }),
      alarm("errors", { metric_query: [{ expression: "errors / calls" }, metric(), metric()] }),
      alarm("urgent", { metric_name: "Errors", period: 10 }),
    );
    // 0.10 + 2 x 0.10 + 0.30
    expect(rows(plan)).toEqual(["`alarms` | $0.00 | $0.60 | +$0.60"]);
  });

  it("costs what an alarm's further metric does, when it gets one", () => {
    const [before, after] = [{ metric_query: [metric()] }, { metric_query: [metric(), metric()] }];
    const plan = planOf({ type: "aws_cloudwatch_metric_alarm", name: "errors", before, after });
    expect(rows(plan)).toEqual(["`alarms` | $0.10 | $0.20 | +$0.10"]);
  });

  it("costs three dollars a dashboard; topics, trails and buckets cost by their use", () => {
    const values = { name: "design-analysis" };
    const types = [
      "aws_cloudwatch_dashboard",
      "aws_cloudtrail",
      "aws_s3_bucket",
      "aws_s3_bucket_policy",
      "aws_sns_topic",
      "aws_sns_topic_policy",
      "aws_sns_topic_subscription",
    ];
    const plan = planOf(...types.map((type) => ({ type, name: "audit", after: values })));
    expect(rows(plan)).toEqual(["`dashboards` | $0.00 | $3.00 | +$3.00"]);
    const { usage, notPriced } = describeCostChange(plan);
    expect(notPriced).toEqual({});
    expect(usage).toEqual([
      { subject: "aws_cloudtrail", note: "costs $0.10 per hundred thousand data events" },
      {
        subject: "aws_cloudwatch_dashboard",
        note: "is free for the account's first 3, and priced here all the same",
      },
      {
        subject: "aws_s3_bucket",
        note: "costs by what is stored in it and asked of it, which is not priced here",
      },
      {
        subject: "aws_sns_topic",
        note: "costs $2.00 per hundred thousand e-mails, above the account's first 1000 a month",
      },
    ]);
  });

  it("is told of a trail that goes", () => {
    const plan = planOf({ type: "aws_cloudtrail", name: "audit", before: { name: "design-analysis-audit" } });
    expect(describeCostChange(plan).usage).toEqual([
      { subject: "aws_cloudtrail", note: "goes, and what its use cost" },
    ]);
  });
});

describe("what follows from use, or is not priced", () => {
  it("is told of a new table and of its recovery", () => {
    const { usage } = describeCostChange(planOf(profiles(undefined, table())));
    expect(usage).toEqual([
      { subject: "agent-profiles", note: "stores at $0.25 a gigabyte" },
      { subject: "agent-profiles", note: "costs $0.20 a gigabyte for point-in-time recovery" },
    ]);
  });

  it("is told of a table that goes, and of recovery that is switched off", () => {
    const off = table({ point_in_time_recovery: [{ enabled: false }] });
    expect(describeCostChange(planOf(profiles(table()))).usage).toEqual([
      { subject: "agent-profiles", note: "goes, and what its use cost" },
    ]);
    expect(describeCostChange(planOf(profiles(table(), off))).usage).toEqual([
      { subject: "agent-profiles", note: "no more costs point-in-time recovery" },
    ]);
  });

  it("is told of another table class, of which no price is known", () => {
    const plan = planOf(profiles(table(), table({ table_class: "STANDARD_INFREQUENT_ACCESS" })));
    expect(describeCostChange(plan).usage).toEqual([
      { subject: "agent-profiles", note: "has a table class that is not priced here" },
    ]);
  });

  it("are log groups and queues that come or go, and nothing that is free", () => {
    const values = { name: "x" };
    const plan = planOf(
      { type: "aws_cloudwatch_log_group", name: "read", after: values },
      { type: "aws_cloudwatch_log_group", name: "write", after: values },
      { type: "aws_sqs_queue", name: "dead_letters", before: values },
      { type: "aws_lambda_function", name: "read", before: values, after: { name: "y" } },
      { type: "aws_iam_policy", name: "access", after: values },
    );
    const change = describeCostChange(plan);
    expect(change.notPriced).toEqual({ aws_cloudwatch_log_group: 2, aws_sqs_queue: 1 });
    expect(costMarkdown([change])).toContain(
      "- `agent-matching-tables-prod`, not priced: 2 `aws_cloudwatch_log_group`, 1 `aws_sqs_queue` that come or go.",
    );
  });
});

it("several stacks have one row for all", () => {
  const change = describeCostChange(planOf(profiles(undefined, table())));
  expect(costMarkdown([change, { ...change, stack: "agent-matching-tables-dev" }])).toContain(
    "|  | **all** | $0.00 | $11.39 | **+$11.39** |",
  );
});

it("machines read amounts to the last decimal", () => {
  const plan = planOf(profiles(undefined, table({ read_capacity: 0 })));
  expect(costDocument(describeCostChange(plan))).toMatchObject({
    currency: "USD",
    difference: { least: "4.745", most: "4.745" },
    lines: [{ subject: "agent-profiles", before: { least: "0.00", most: "0.00" } }],
  });
});

describe("amounts", () => {
  it("are exact where doubles are not", () => {
    expect(exactly(minus(dollars("0.3"), dollars("0.1")))).toBe("0.20");
    expect(exactly(times(dollars("0.000000625"), 3_000_001))).toBe("1.875000625");
  });

  it.each([
    ["4.745", "$4.75"],
    ["0.004999999", "$0.00"],
    ["0.005", "$0.01"],
    ["1234.5", "$1234.50"],
  ])("%s is shown as %s", (amount, shown) => {
    expect(toCents(dollars(amount))).toBe(shown);
    expect(toSignedCents(minus(dollars("0"), dollars(amount)))).toBe(shown === "$0.00" ? shown : `-${shown}`);
  });

  it.each(["", "1,5", "-1", "1e3", "0.0000000001"])("%j is no price", (text) => {
    expect(() => dollars(text)).toThrow("is no amount");
  });
});
