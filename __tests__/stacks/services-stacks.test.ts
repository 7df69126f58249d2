import { environmentNames } from "../../tables/naming";
import { withoutHashes } from "../support/plans";
import { grantsOf, production, routesOf, tokens } from "../support/services";
import { resource, statements, synthesize, type Block } from "../support/synthesis";

/** Those with an API; brand processing has an agent instead. */
const systems = ["conversations", "agent-matching", "trade-status", "design-analysis"] as const;
/** Those that people use alone, by their methods; in the others machines write. */
const peoplesMethods: Readonly<Record<string, readonly string[]>> = {
  conversations: ["DELETE", "GET", "PATCH", "POST"],
  "agent-matching": ["GET", "POST"],
};

describe("trade-status-services", () => {
  const document = production("trade-status");

  it("gives the functions the table's name from its spec", () => {
    for (const id of ["read", "write"]) {
      expect(resource(document, "aws_lambda_function", id)).toMatchObject({
        function_name: `trade-status-${id}`,
        environment: {
          variables: { DYNAMODB_TABLE_NAME: "ai-trade-matching-processing-status" },
        },
      });
    }
  });

  it("lets the portal read a session and nothing else", () => {
    const [table, key, ...others] = grantsOf(document, "read").filter(({ Sid }) => Sid.startsWith("Trade"));
    const account = "${data.aws_caller_identity.caller.account_id}";
    expect(table).toMatchObject({
      Action: ["dynamodb:GetItem"],
      Resource: [`arn:aws:dynamodb:us-east-1:${account}:table/ai-trade-matching-processing-status`],
    });
    expect(key).toEqual({
      Sid: "TradeProcessingStatusKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: [`arn:aws:kms:us-east-1:${account}:key/*`],
      Condition: {
        StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/trade-status-tables-prod" },
      },
    });
    expect(others).toEqual([]);
  });

  it("keeps what the writer could not do when nobody waited for it", () => {
    expect(resource(document, "aws_lambda_function", "write")["dead_letter_config"]).toEqual({
      target_arn: "${aws_sqs_queue.write_dead_letters.arn}",
    });
    expect(resource(document, "aws_sqs_queue", "write_dead_letters")).toMatchObject({
      name: "trade-status-write-dead-letters",
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    expect(resource(document, "aws_lambda_function_event_invoke_config", "write")).toMatchObject({
      maximum_retry_attempts: 2,
    });
    expect(grantsOf(document, "write")).toContainEqual({
      Sid: "KeepDeadLetters",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: ["${aws_sqs_queue.write_dead_letters.arn}"],
    });
    expect(resource(document, "aws_lambda_function", "read")).not.toHaveProperty("dead_letter_config");
  });

  it("lets the orchestrator's role invoke the writer and call the API, where the role is known", () => {
    const known = synthesize("trade-status-services-prod", { PROD_AGENTCORE_ROLE: "agentcore-role" });
    expect(resource(known, "aws_iam_role_policy_attachment", "agentcore_status_writer")["role"]).toBe(
      "agentcore-role",
    );
    const [invoke, call] = statements(resource(known, "aws_iam_policy", "agentcore_status_writer"));
    expect(invoke).toMatchObject({
      Action: ["lambda:InvokeFunction"],
      Resource: ["${aws_lambda_function.write.arn}"],
    });
    expect(call?.Action).toEqual(["execute-api:Invoke"]);
    expect(call?.Resource).toContain(
      "${aws_apigatewayv2_api.api.execution_arn}/*/POST/status/*/agents/*/start",
    );
  });
});

describe("design-analysis-services", () => {
  const document = production("design-analysis");

  it("lets the reader query the index by name, and never scan", () => {
    const grants = grantsOf(document, "read").filter(({ Sid }) => Sid.startsWith("Design"));
    const account = "${data.aws_caller_identity.caller.account_id}";
    const table = `arn:aws:dynamodb:us-east-1:${account}:table/design-analysis-tracking`;
    expect(grants.slice(0, 2)).toMatchObject([
      { Action: ["dynamodb:GetItem"], Resource: [table] },
      { Action: ["dynamodb:Query"], Resource: [`${table}/index/overall_status-created_at-index`] },
    ]);
    expect(JSON.stringify(document)).not.toContain("Scan");
  });

  it("serves document 004's endpoints", () => {
    expect(Object.keys(routesOf(document))).toEqual(
      expect.arrayContaining(["GET /analysis/status/{request_id}", "GET /analysis/requests"]),
    );
  });
});

describe.each(systems)("%s-services", (system) => {
  const isPeoples = system in peoplesMethods;

  it.each(environmentNames)("signs every route in %s, where no issuer is configured", (environment) => {
    const routes = routesOf(synthesize(`${system}-services-${environment}`));
    expect(Object.keys(routes).length).toBeGreaterThan(0);
    for (const authorization of Object.values(routes)) expect(authorization).toBe("AWS_IAM");
  });

  it("takes tokens of the configured issuer from people, and never from machines", () => {
    const document = synthesize(`${system}-services-dev`, tokens);
    expect(resource(document, "aws_apigatewayv2_authorizer", "tokens")).toMatchObject({
      authorizer_type: "JWT",
      identity_sources: ["$request.header.Authorization"],
      jwt_configuration: { issuer: "https://login.example.com/pool", audience: ["portal", "console"] },
    });
    for (const [key, authorization] of Object.entries(routesOf(document))) {
      expect({ key, authorization }).toEqual({
        key,
        authorization: isPeoples || key.startsWith("GET ") ? "JWT" : "AWS_IAM",
      });
    }
  });

  it("replaces an authorizer or integration before the old one goes, which AWS keeps while a route has it", () => {
    const document = synthesize(`${system}-services-dev`, tokens);
    for (const type of ["aws_apigatewayv2_authorizer", "aws_apigatewayv2_integration"]) {
      for (const { lifecycle } of Object.values(document.resource[type] ?? {})) {
        expect(lifecycle).toEqual({ create_before_destroy: true });
      }
    }
  });

  it("has no CORS unless origins are configured", () => {
    const origin = "https://portal.example.com";
    expect(resource(production(system), "aws_apigatewayv2_api", "api")).not.toHaveProperty(
      "cors_configuration",
    );
    const document = synthesize(`${system}-services-dev`, { ...tokens, DEV_CORS_ORIGINS: origin });
    expect(resource(document, "aws_apigatewayv2_api", "api")["cors_configuration"]).toMatchObject({
      allow_origins: [origin],
      // What signs its requests is no page.
      allow_methods: peoplesMethods[system] ?? ["GET"],
      expose_headers: ["etag", "retry-after"],
    });
  });

  it("logs, throttles and measures every request, and logs no path", () => {
    const stage = resource(production(system), "aws_apigatewayv2_stage", "api");
    expect(stage).toMatchObject({
      name: "$default",
      auto_deploy: true,
      access_log_settings: { destination_arn: "${aws_cloudwatch_log_group.api.arn}" },
      default_route_settings: { throttling_rate_limit: 100, throttling_burst_limit: 40 },
    });
    expect(JSON.stringify(stage["access_log_settings"])).not.toMatch(/context\.path|sourceIp/);
  });

  it("lets API Gateway call a function for its own routes alone", () => {
    const document = production(system);
    const permissions = Object.values(document.resource["aws_lambda_permission"] ?? {});
    const allowed = permissions.map(({ source_arn }) => String(source_arn).split("/*/")[1]);
    const routes = Object.keys(routesOf(document)).map((key) => key.replace(" ", ""));
    expect(allowed.sort()).toEqual(routes.sort());
  });

  it("runs its functions on the current runtime, traced, bounded, with logs that end", () => {
    const document = production(system);
    const functions = Object.entries(document.resource["aws_lambda_function"] ?? {});
    expect(functions.map(([id]) => id).sort()).toEqual(["read", "write"]);
    for (const [id, lambda] of functions) {
      expect(lambda).toMatchObject({
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        tracing_config: { mode: "Active" },
        reserved_concurrent_executions: 20,
        depends_on: [`aws_cloudwatch_log_group.${id}`, `aws_iam_role_policy.${id}`],
      });
      expect(resource(document, "aws_cloudwatch_log_group", id)).toMatchObject({
        name: `/aws/lambda/${system}-${id}`,
        retention_in_days: 90,
      });
    }
  });

  it("reserves no executions in dev, whose account may have too few", () => {
    const { resource: resources } = synthesize(`${system}-services-dev`);
    for (const lambda of Object.values(resources["aws_lambda_function"] ?? {})) {
      expect(lambda).not.toHaveProperty("reserved_concurrent_executions");
    }
  });

  it("holds no data: destroying it destroys no table, key or bucket", () => {
    expect(Object.keys(production(system).resource)).toEqual(
      expect.not.arrayContaining(["aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket"]),
    );
  });

  it("uses * for its log streams, keys of the alias, stage and parameters of routes, and X-Ray alone", () => {
    const { resource: resources } = production(system);
    const policies = [resources["aws_iam_role_policy"], resources["aws_iam_policy"]];
    const wild = policies
      .flatMap((ofType) => Object.values(ofType ?? {}))
      .flatMap((policy: Block) => statements(policy))
      .filter(({ Resource }) => JSON.stringify(Resource).includes("*"))
      .map(({ Sid }) => Sid.replace(/^.*Key$/, "Key"));
    expect([...new Set(wild)].sort()).toEqual(["CallTheApi", "Key", "WriteLogs", "WriteTraces"]);
  });

  it("is the plan that was reviewed", () => {
    expect(withoutHashes(production(system))).toMatchSnapshot();
  });
});
