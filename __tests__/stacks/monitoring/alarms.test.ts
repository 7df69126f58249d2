/** What is watched, by whom it is heard, and what it leads to. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/lib/paths";
import { alarmTopicName, parseStackId, stackId } from "../../../stacks/naming";
import { windowText, type Window } from "../../../stacks/monitoring/alarm-spec";
import { operationsOn, tablesWithKnownCalls } from "../../../stacks/monitoring/table-operations";
import { catalogue, tablesOf } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import { systems } from "../../../tables/systems";
import { expressionOf, metricsOfAlarm, type AlarmMetric } from "../../support/alarm-state";
import { allAlarms, kindOf, production, productionStacks, type SynthesizedAlarm } from "../../support/alarms";
import { readPage } from "../../support/documents";
import { statementsOf, withAccount } from "../../support/policies";
import { resource, statements, synthesizeAll, type Block } from "../../support/synthesis";

const alarms = allAlarms();

/** Kinds of the alarms whose metrics have these dimensions and no others. */
function kindsAbout(dimensions: Readonly<Record<string, unknown>>): readonly string[] {
  const wanted = JSON.stringify(Object.entries(dimensions).sort());
  const isAbout = ({ dimensions: found }: AlarmMetric) =>
    JSON.stringify(
      Object.entries(found)
        .filter(([name]) => name !== "Operation")
        .sort(),
    ) === wanted;
  return alarms
    .filter(({ alarm }) => metricsOfAlarm(alarm).every(isAbout))
    .map(kindOf)
    .sort();
}

const blocks = (type: string): readonly (readonly [string, Block])[] =>
  productionStacks().flatMap(([, document]) => Object.entries(document.resource[type] ?? {}));

describe("what is watched", () => {
  it("is every table and every index: what is refused, errors, and capacity where it has any", () => {
    for (const spec of catalogue) {
      const TableName = tableName(spec, "prod");
      const capacity = spec.capacity.mode === "provisioned" ? ["capacity"] : [];
      expect(kindsAbout({ TableName })).toEqual([...capacity, "system-errors", "throttles"]);
      for (const GlobalSecondaryIndexName of Object.keys(spec.indexes))
        expect(kindsAbout({ TableName, GlobalSecondaryIndexName })).toEqual([...capacity, "throttles"]);
    }
  });

  it("is every function", () => {
    const functions = blocks("aws_lambda_function");
    expect(functions).toHaveLength(13);
    for (const [id, { function_name, reserved_concurrent_executions, dead_letter_config }] of functions) {
      const kinds = kindsAbout({ FunctionName: function_name });
      const isAlone = reserved_concurrent_executions === 1;
      expect({ id, kinds }).toEqual({
        id,
        kinds: [
          ...(dead_letter_config === undefined ? [] : ["dead-letter-errors"]),
          ...(isAlone ? [] : ["duration"]),
          "errors",
          "throttles",
        ],
      });
    }
  });

  it("is every queue, API and workflow", () => {
    for (const [, { name }] of blocks("aws_sqs_queue"))
      expect(kindsAbout({ QueueName: name })).toEqual(["dead-letters"]);
    expect(blocks("aws_apigatewayv2_api")).toHaveLength(4);
    expect(kindsAbout({ ApiId: "${aws_apigatewayv2_api.api.id}" })).toEqual(
      blocks("aws_apigatewayv2_api").map(() => "5xx"),
    );
    expect(kindsAbout({ StateMachineArn: "${aws_sfn_state_machine.executions.arn}" })).toEqual(
      blocks("aws_sfn_state_machine").map(() => "failed"),
    );
  });

  it("of DynamoDB's errors, is each operation that functions and consumers call, and none that nobody pays for", () => {
    expect([...tablesWithKnownCalls].sort()).toEqual(catalogue.map(({ id }) => id).sort());
    for (const spec of catalogue) {
      const calls = new Set([...grantedOn(spec.id, tableName(spec, "prod"))].concat(batchesOf(spec.system)));
      expect({ table: spec.id, operations: operationsOn(spec.id) }).toEqual({
        table: spec.id,
        operations: [...calls].sort(),
      });
    }
  });

  it("of a table whose calls nobody has listed, is every operation", () => {
    expect(operationsOn("a-new-table")).toHaveLength(10);
  });
});

/** Operations on items that any policy of the stacks allows on a table or its indexes. */
function grantedOn(id: string, name: string): readonly string[] {
  const ofTable = (arn: string) =>
    arn.includes(`aws_dynamodb_table.${id}.arn`) || /:table\/([\w-]+)/.exec(arn)?.[1] === name;
  return ["aws_iam_policy", "aws_iam_role_policy"]
    .flatMap(blocks)
    .flatMap(([, policy]) => statementsOf(policy))
    .filter(({ Resource }) => [Resource].flat().some(ofTable))
    .flatMap(({ Action }) => [Action].flat())
    .map((action) => action.replace("dynamodb:", ""))
    .filter((action) => /^[A-Z]/.test(action) && action !== "DescribeTable");
}

/** IAM allows transactions by their parts: that they are used stands in the functions alone. */
function batchesOf(system: string): readonly string[] {
  const folder = join(root, "functions", system);
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/new (Transact\w+|BatchWrite\w*?)Command\(/g),
  ]);
  return [...new Set(calls.map(([, name = ""]) => name))];
}

describe("an alarm", () => {
  it("has a name of its own in the account", () => {
    const names = [...synthesizeAll().values()].flatMap((document) =>
      Object.values(document.resource["aws_cloudwatch_metric_alarm"] ?? {}).map(
        (alarm) => alarm["alarm_name"],
      ),
    );
    expect(names.length).toBeGreaterThan(4 * 60);
    expect(new Set(names).size).toBe(names.length);
  });

  it("tells its system's topic when it goes off and when it is over, by a name where the topic is another stack's", () => {
    for (const { stack, id, alarm } of alarms) {
      const { system, layer } = parseStackId(stack);
      const topic =
        layer === "tables"
          ? "${aws_sns_topic.alarms.arn}"
          : `arn:aws:sns:us-east-1:123456789012:${alarmTopicName(system, "prod")}`;
      const told = [alarm["alarm_actions"], alarm["ok_actions"]].map((actions) =>
        withAccount(String(actions)),
      );
      expect({ id, enabled: alarm["actions_enabled"], told }).toEqual({
        id,
        enabled: true,
        told: [topic, topic],
      });
    }
  });

  it("pays for no metric that it does not use, nor for more than CloudWatch takes", () => {
    for (const { id, alarm } of alarms) {
      const metrics = metricsOfAlarm(alarm);
      expect(metrics.length).toBeLessThanOrEqual(10);
      const expression = expressionOf(alarm);
      if (expression === undefined) continue;
      expect(expression).not.toContain("SEARCH");
      const unused = metrics.filter((metric) => !new RegExp(`\\b${metric.id}\\b`).test(expression));
      expect({ id, unused }).toEqual({ id, unused: [] });
      expect(new Set(metrics.map(({ period }) => period)).size).toBe(1);
    }
  });

  it.each(alarms.map((one) => ({ name: one.alarm["alarm_name"], ...one })))(
    "$name leads to a heading that names its metrics, its threshold and its window",
    (one) => {
      const [, page = "", heading = ""] =
        /Runbook: (docs\/runbooks\/[\w-]+\.md), "(.+)"\.$/.exec(one.alarm["alarm_description"] as string) ??
        [];
      const section = sectionOf(page, heading);
      for (const { name } of metricsOfAlarm(one.alarm)) expect(section).toContain(`\`${name}\``);
      expect(section).toMatch(conditionOf(one));
    },
  );
});

/** Until the next heading of its level, as one line. */
function sectionOf(page: string, heading: string): string {
  const [, section] = readPage(page).split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${page} has no heading "${heading}".`);
  return (section.split("\n## ")[0] ?? "").replaceAll(/\s+/g, " ");
}

/** From what was synthesized alone: the threshold, something to name it by, the window. */
function conditionOf({ stack, id, alarm }: SynthesizedAlarm): RegExp {
  const threshold = alarm["threshold"] as number;
  const window = windowText({
    period: metricsOfAlarm(alarm)[0]?.period as Window["period"],
    breaching: alarm["datapoints_to_alarm"] as number,
    of: alarm["evaluation_periods"] as number,
  });
  const isShare = expressionOf(alarm)?.startsWith("100 *") === true;
  if (kindOf({ id }) !== "duration")
    return new RegExp(`\\b${threshold}${isShare ? " %" : ""} or more[^.|]*, ${window}\\b`);
  const { timeout } = resource(production(stack), "aws_lambda_function", id.split("__")[0] ?? "");
  return new RegExp(
    `\\b${threshold / (timeout as number) / 10} % or more of its timeout at p99, ${window}\\b`,
  );
}

describe("the topic of a system's alarms", () => {
  const tables = production("agent-matching-tables-prod");
  const topic = "arn:aws:sns:us-east-1:123456789012:agent-matching-alarms";

  it("lets in CloudWatch for alarms of this system and environment, and nobody without TLS", () => {
    const policy = resource(tables, "aws_sns_topic_policy", "alarms");
    const kinds = [...new Set([...alarms.map(kindOf)])].sort();
    expect(JSON.parse(withAccount(JSON.stringify(statements(policy))))).toEqual([
      {
        Sid: "LetItsAlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: {
            "aws:SourceArn": kinds.map(
              (kind) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:agent-matching-*-${kind}`,
            ),
          },
        },
      },
      {
        Sid: "RefuseWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is not encrypted with a key that an alarm may be about", () => {
    expect(resource(tables, "aws_sns_topic", "alarms")).toMatchObject({ name: "agent-matching-alarms" });
    expect(resource(tables, "aws_sns_topic", "alarms")).not.toHaveProperty("kms_master_key_id");
  });

  it("writes to whom the environment names, and to nobody where it names none", () => {
    expect(resource(tables, "aws_sns_topic_subscription", "email_on_call_example_com")).toEqual(
      expect.objectContaining({
        topic_arn: "${aws_sns_topic.alarms.arn}",
        protocol: "email",
        endpoint: "on-call@example.com",
      }),
    );
    expect(Object.keys(tables.resource["aws_sns_topic_subscription"] ?? {})).toHaveLength(2);
    expect(synthesizeAll().get("agent-matching-tables-prod")?.resource).not.toHaveProperty(
      "aws_sns_topic_subscription",
    );
  });
});

describe("the dashboard of a system", () => {
  interface Widget {
    readonly type: string;
    readonly width: number;
    readonly properties: {
      readonly title: string;
      readonly alarms?: readonly string[];
      readonly metrics?: readonly unknown[][];
    };
  }
  const widgetsOf = (system: (typeof systems)[number]): readonly Widget[] => {
    const { dashboard_body: body } = resource(
      production(stackId(system, "services", "prod")),
      "aws_cloudwatch_dashboard",
      "dashboard",
    );
    return (JSON.parse(withAccount(body as string)) as { readonly widgets: readonly Widget[] }).widgets;
  };

  it.each(systems)("of %s shows the state of each of its alarms", (system) => {
    const [status] = widgetsOf(system);
    const ofSystem = alarms.filter(({ stack }) => parseStackId(stack).system === system);
    expect(status?.type).toBe("alarm");
    expect([...(status?.properties.alarms ?? [])].sort()).toEqual(
      ofSystem
        .map(({ alarm }) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${String(alarm["alarm_name"])}`)
        .sort(),
    );
    expect(ofSystem.length).toBeLessThanOrEqual(100);
  });

  it.each(systems)(
    "of %s shows every metric that an alarm is about, in rows that fill the grid",
    (system) => {
      const widgets = widgetsOf(system);
      const shown = new Set(
        widgets.flatMap(({ properties }) =>
          (properties.metrics ?? []).map(([namespace, name]) => `${String(namespace)} ${String(name)}`),
        ),
      );
      const watched = alarms
        .filter(({ stack }) => parseStackId(stack).system === system)
        .flatMap(({ alarm }) => metricsOfAlarm(alarm))
        .map(({ namespace, name }) => `${namespace} ${name}`);
      expect([...new Set(watched)].filter((metric) => !shown.has(metric))).toEqual([]);
      expect(widgets.reduce((sum, { width }) => sum + width, 0) % 24).toBe(0);
      for (const spec of tablesOf(system))
        expect(widgets.some(({ properties }) => properties.title.startsWith(tableName(spec, "prod")))).toBe(
          true,
        );
    },
  );
});
