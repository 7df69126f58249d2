/** What runs beside the table of brands, as production has it. */

import { environmentNames } from "../../../tables/naming";
import {
  account,
  athena,
  brandServices,
  functionIds,
  trustOf,
  variablesOf,
} from "../../support/brand-services";
import { withoutHashes } from "../../support/plans";
import { grantsOf } from "../../support/services";
import { resource } from "../../support/synthesis";

const document = brandServices(athena);

describe("the functions of brand processing", () => {
  it("are five, on the current runtime, traced, with logs that end", () => {
    expect(Object.keys(document.resource["aws_lambda_function"] ?? {}).sort()).toEqual(functionIds);
    for (const id of functionIds) {
      expect(resource(document, "aws_lambda_function", id)).toMatchObject({
        function_name: `brand-processing-${id}`,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        tracing_config: { mode: "Active" },
        depends_on: [`aws_cloudwatch_log_group.${id}`, `aws_iam_role_policy.${id}`],
      });
      expect(resource(document, "aws_cloudwatch_log_group", id)).toMatchObject({
        name: `/aws/lambda/brand-processing-${id}`,
        retention_in_days: 90,
      });
    }
  });

  it("reserve one execution for what runs on a schedule, which never runs twice at once", () => {
    const reserved = functionIds.map((id) => [
      id,
      resource(document, "aws_lambda_function", id)["reserved_concurrent_executions"],
    ]);
    expect(Object.fromEntries(reserved)).toEqual({
      agent: 20,
      generate: 20,
      populate: 1,
      sweep: 1,
      workflow: 20,
    });
    const dev = brandServices({}, "dev");
    expect(resource(dev, "aws_lambda_function", "agent")).not.toHaveProperty(
      "reserved_concurrent_executions",
    );
  });

  it("know the table, the workflow, the model and Athena by their variables", () => {
    const table = { BRAND_TABLE_NAME: "brand_processing_status_prod" };
    const starting = {
      STATE_MACHINE_ARN: `arn:aws:states:us-east-1:${account}:stateMachine:brand-processing`,
      MOST_RETRIES: "3",
    };
    expect(variablesOf(document, "agent")).toMatchObject({ ...table, ...starting });
    expect(variablesOf(document, "sweep")).toMatchObject({
      ...table,
      ...starting,
      STALE_AFTER_MINUTES: "130",
    });
    expect(variablesOf(document, "workflow")).toEqual({
      ...table,
      POWERTOOLS_SERVICE_NAME: "brand-processing-workflow",
    });
    expect(variablesOf(document, "generate")).toEqual({
      METADATA_MODEL_ID: "us.anthropic.claude-sonnet-4-6",
      POWERTOOLS_SERVICE_NAME: "brand-processing-generate",
    });
    expect(variablesOf(document, "populate")).toMatchObject({
      ...table,
      ATHENA_DATABASE: "brands",
      ATHENA_WORKGROUP: "brand-processing",
      ATHENA_OUTPUT_LOCATION: "s3://brand-results/athena/",
    });
  });

  it("try a failed brand as often as the environment says", () => {
    const patient = brandServices({ PROD_BRAND_RETRIES: "7" });
    expect(variablesOf(patient, "sweep")["MOST_RETRIES"]).toBe("7");
    expect(variablesOf(patient, "agent")["MOST_RETRIES"]).toBe("7");
  });

  it("are four where nothing is known of Athena, and nothing else is missing", () => {
    const without = brandServices();
    expect(Object.keys(without.resource["aws_lambda_function"] ?? {}).sort()).toEqual(
      functionIds.filter((id) => id !== "populate"),
    );
    expect(Object.keys(without.resource["aws_scheduler_schedule"] ?? {})).toEqual(["sweep"]);
    expect(Object.keys(brandServices({}, "local").resource)).toContain("aws_sqs_queue");
  });
});

describe("the workflow of brand processing", () => {
  const machine = resource(document, "aws_sfn_state_machine", "executions");

  it("begins each execution once by its name, logs none of its items, and is traced", () => {
    expect(machine).toMatchObject({
      name: "brand-processing",
      type: "STANDARD",
      role_arn: "${aws_iam_role.executions.arn}",
      logging_configuration: {
        level: "ERROR",
        include_execution_data: false,
        log_destination: "${aws_cloudwatch_log_group.executions.arn}:*",
      },
      tracing_configuration: { enabled: true },
    });
    expect(resource(document, "aws_cloudwatch_log_group", "executions")).toMatchObject({
      name: "/aws/vendedlogs/states/brand-processing",
      retention_in_days: 90,
    });
  });

  it("invokes the steps and the generator, ends in any case, and its role allows no other function", () => {
    const definition = JSON.parse(machine["definition"] as string) as Readonly<Record<string, unknown>>;
    expect(definition["TimeoutSeconds"]).toBe(7_200);
    const invoked = new Set(JSON.stringify(definition).match(/\$\{aws_lambda_function\.\w+\.arn\}/g));
    expect([...invoked]).toEqual([
      "${aws_lambda_function.workflow.arn}",
      "${aws_lambda_function.generate.arn}",
    ]);
    expect(grantsOf(document, "executions")).toContainEqual({
      Sid: "InvokeTheTasks",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction"],
      Resource: [...invoked],
    });
  });

  it("has a role that Step Functions assumes for it alone", () => {
    expect(trustOf(document, "executions")).toEqual([
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: "states.amazonaws.com" },
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:aws:states:us-east-1:${account}:stateMachine:brand-processing` },
        },
      },
    ]);
  });

  it("lets its functions end before their tasks do", () => {
    expect(resource(document, "aws_lambda_function", "generate")["timeout"]).toBe(60);
    expect(resource(document, "aws_lambda_function", "workflow")["timeout"]).toBe(10);
  });
});

describe("the schedules of brand processing", () => {
  it("sweep every five minutes, and end a run before the next", () => {
    expect(resource(document, "aws_scheduler_schedule", "sweep")).toMatchObject({
      name: "brand-processing-sweep",
      schedule_expression: "rate(5 minutes)",
      state: "ENABLED",
      flexible_time_window: { mode: "OFF" },
      target: { arn: "${aws_lambda_function.sweep.arn}", role_arn: "${aws_iam_role.sweep_schedule.arn}" },
    });
    expect(resource(document, "aws_lambda_function", "sweep")["timeout"]).toBeLessThan(300);
  });

  it("populate when the environment says so, and otherwise not", () => {
    expect(resource(document, "aws_scheduler_schedule", "populate")).toMatchObject({
      schedule_expression: "rate(1 day)",
      state: "DISABLED",
    });
    const nightly = brandServices({ ...athena, PROD_POPULATION_SCHEDULE: "cron(0 3 * * ? *)" });
    expect(resource(nightly, "aws_scheduler_schedule", "populate")).toMatchObject({
      schedule_expression: "cron(0 3 * * ? *)",
      state: "ENABLED",
    });
  });

  it.each(["sweep", "populate"])("run %s with a role that the system's schedules alone may use", (id) => {
    expect(grantsOf(document, `${id}_schedule`)).toEqual([
      {
        Sid: "RunTheFunction",
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: [`\${aws_lambda_function.${id}.arn}`],
      },
    ]);
    expect(trustOf(document, `${id}_schedule`)).toMatchObject([
      {
        Principal: { Service: "scheduler.amazonaws.com" },
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: {
            "aws:SourceArn": `arn:aws:scheduler:us-east-1:${account}:schedule-group/brand-processing`,
          },
        },
      },
    ]);
  });
});

describe("brand-processing-services", () => {
  it.each(environmentNames)("holds no data in %s: destroying it destroys no table, key or bucket", (name) => {
    expect(Object.keys(brandServices({}, name).resource)).toEqual(
      expect.not.arrayContaining(["aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket"]),
    );
  });

  it("is the plan that was reviewed", () => {
    expect(withoutHashes(document)).toMatchSnapshot();
  });
});
