/** What of each resource type the verifier compares, as Terraform reads it from cdktf's JSON. */

import * as v from "valibot";
import { bucketSchemas } from "./bucket-schemas";

const text = v.string();
const texts = v.array(text);
const optionalText = v.optional(text);
const optionalNumber = v.optional(v.number());
const flag = (fallback: boolean) => v.optional(v.boolean(), fallback);

const dimensions = v.optional(v.record(text, text), {});

const eventSelector = v.object({
  read_write_type: v.optional(text, "All"),
  include_management_events: flag(true),
  data_resource: v.optional(v.array(v.object({ type: text, values: texts })), []),
});

const fieldSelector = v.object({
  field: text,
  equals: v.optional(texts, []),
  not_equals: v.optional(texts, []),
  starts_with: v.optional(texts, []),
  not_starts_with: v.optional(texts, []),
  ends_with: v.optional(texts, []),
  not_ends_with: v.optional(texts, []),
});

/** By type. What is optional here has the default of the AWS provider 5.100, where it has one. */
export const resourceSchemas = {
  aws_lambda_function: v.object({
    function_name: text,
    description: v.optional(text, ""),
    role: text,
    handler: text,
    runtime: text,
    architectures: v.optional(texts, ["x86_64"]),
    memory_size: v.optional(v.number(), 128),
    timeout: v.optional(v.number(), 3),
    source_code_hash: text,
    reserved_concurrent_executions: optionalNumber,
    environment: v.optional(v.object({ variables: v.optional(v.record(text, text), {}) })),
    tracing_config: v.optional(v.object({ mode: text }), { mode: "PassThrough" }),
    dead_letter_config: v.optional(v.object({ target_arn: text })),
    layers: v.optional(texts, []),
    kms_key_arn: optionalText,
  }),
  aws_lambda_permission: v.object({
    function_name: text,
    statement_id: optionalText,
    action: text,
    principal: text,
    source_arn: optionalText,
    source_account: optionalText,
  }),
  aws_lambda_function_event_invoke_config: v.object({
    function_name: text,
    maximum_event_age_in_seconds: optionalNumber,
    maximum_retry_attempts: optionalNumber,
  }),
  aws_lambda_event_source_mapping: v.object({
    function_name: text,
    event_source_arn: text,
    enabled: flag(true),
    batch_size: optionalNumber,
    starting_position: optionalText,
  }),
  aws_iam_role: v.object({
    name: text,
    description: v.optional(text, ""),
    assume_role_policy: text,
    permissions_boundary: optionalText,
    max_session_duration: v.optional(v.number(), 3_600),
  }),
  aws_iam_role_policy: v.object({ name: text, role: text, policy: text }),
  aws_iam_role_policy_attachment: v.object({ role: text, policy_arn: text }),
  aws_iam_policy: v.object({ name: text, description: v.optional(text, ""), policy: text }),
  aws_apigatewayv2_api: v.object({
    name: text,
    description: v.optional(text, ""),
    protocol_type: text,
    disable_execute_api_endpoint: flag(false),
    cors_configuration: v.optional(
      v.object({
        allow_origins: v.optional(texts, []),
        allow_methods: v.optional(texts, []),
        allow_headers: v.optional(texts, []),
        expose_headers: v.optional(texts, []),
        allow_credentials: flag(false),
        max_age: v.optional(v.number(), 0),
      }),
    ),
  }),
  aws_apigatewayv2_integration: v.object({
    api_id: text,
    integration_type: text,
    integration_uri: text,
    payload_format_version: v.optional(text, "1.0"),
  }),
  aws_apigatewayv2_route: v.object({
    api_id: text,
    route_key: text,
    target: text,
    authorization_type: v.optional(text, "NONE"),
    authorizer_id: optionalText,
  }),
  aws_apigatewayv2_authorizer: v.object({
    api_id: text,
    name: text,
    authorizer_type: text,
    identity_sources: v.optional(texts, []),
    jwt_configuration: v.optional(v.object({ issuer: text, audience: texts })),
  }),
  aws_apigatewayv2_stage: v.object({
    api_id: text,
    name: text,
    auto_deploy: flag(false),
    access_log_settings: v.optional(v.object({ destination_arn: text, format: text })),
    default_route_settings: v.optional(
      v.object({
        detailed_metrics_enabled: flag(false),
        throttling_burst_limit: optionalNumber,
        throttling_rate_limit: optionalNumber,
      }),
    ),
  }),
  aws_cloudwatch_metric_alarm: v.object({
    alarm_name: text,
    alarm_description: v.optional(text, ""),
    comparison_operator: text,
    threshold: optionalNumber,
    evaluation_periods: v.number(),
    datapoints_to_alarm: optionalNumber,
    treat_missing_data: v.optional(text, "missing"),
    evaluate_low_sample_count_percentiles: optionalText,
    namespace: optionalText,
    metric_name: optionalText,
    statistic: optionalText,
    extended_statistic: optionalText,
    period: optionalNumber,
    unit: optionalText,
    dimensions,
    metric_query: v.optional(
      v.array(
        v.object({
          id: text,
          expression: optionalText,
          label: optionalText,
          period: optionalNumber,
          return_data: flag(false),
          metric: v.optional(
            v.object({
              namespace: optionalText,
              metric_name: text,
              dimensions,
              period: v.number(),
              stat: text,
              unit: optionalText,
            }),
          ),
        }),
      ),
      [],
    ),
    actions_enabled: flag(true),
    alarm_actions: v.optional(texts, []),
    ok_actions: v.optional(texts, []),
    insufficient_data_actions: v.optional(texts, []),
  }),
  aws_cloudwatch_dashboard: v.object({ dashboard_name: text, dashboard_body: text }),
  aws_sns_topic: v.object({
    name: text,
    display_name: v.optional(text, ""),
    kms_master_key_id: optionalText,
  }),
  aws_sns_topic_policy: v.object({ arn: text, policy: text }),
  aws_sns_topic_subscription: v.object({ topic_arn: text, protocol: text, endpoint: text }),
  aws_kms_key: v.object({
    description: v.optional(text, ""),
    enable_key_rotation: flag(false),
    policy: optionalText,
  }),
  aws_kms_alias: v.object({ name: text, target_key_id: text }),
  aws_sqs_queue: v.object({
    name: text,
    message_retention_seconds: v.optional(v.number(), 345_600),
    sqs_managed_sse_enabled: flag(true),
    policy: optionalText,
  }),
  aws_cloudwatch_log_group: v.object({
    name: text,
    retention_in_days: v.optional(v.number(), 0),
    kms_key_id: optionalText,
  }),
  aws_sfn_state_machine: v.object({
    name: text,
    type: v.optional(text, "STANDARD"),
    role_arn: text,
    definition: text,
    logging_configuration: v.optional(
      v.object({ include_execution_data: flag(false), level: text, log_destination: text }),
    ),
    tracing_configuration: v.optional(v.object({ enabled: flag(false) }), { enabled: false }),
  }),
  aws_scheduler_schedule_group: v.object({ name: text }),
  aws_scheduler_schedule: v.object({
    name: text,
    group_name: v.optional(text, "default"),
    description: v.optional(text, ""),
    schedule_expression: text,
    state: v.optional(text, "ENABLED"),
    flexible_time_window: v.object({ mode: text }),
    target: v.object({
      arn: text,
      role_arn: text,
      retry_policy: v.optional(
        v.object({ maximum_event_age_in_seconds: v.number(), maximum_retry_attempts: v.number() }),
      ),
    }),
  }),
  aws_bedrockagent_agent: v.object({
    agent_name: text,
    description: v.optional(text, ""),
    agent_resource_role_arn: text,
    foundation_model: text,
    idle_session_ttl_in_seconds: v.optional(v.number(), 600),
    instruction: text,
    guardrail_configuration: v.optional(
      v.array(v.object({ guardrail_identifier: text, guardrail_version: text })),
      [],
    ),
  }),
  aws_bedrockagent_agent_action_group: v.object({
    agent_id: text,
    agent_version: text,
    action_group_name: text,
    description: v.optional(text, ""),
    action_group_executor: v.array(v.object({ lambda: text })),
    function_schema: v.array(
      v.object({
        member_functions: v.array(
          v.object({
            functions: v.array(
              v.object({
                name: text,
                description: v.optional(text, ""),
                parameters: v.optional(
                  v.array(
                    v.object({
                      map_block_key: text,
                      type: text,
                      description: v.optional(text, ""),
                      required: flag(false),
                    }),
                  ),
                  [],
                ),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
  aws_bedrockagent_agent_alias: v.object({
    agent_id: text,
    agent_alias_name: text,
    description: v.optional(text, ""),
  }),
  aws_cloudtrail: v.object({
    name: text,
    s3_bucket_name: text,
    s3_key_prefix: v.optional(text, ""),
    kms_key_id: optionalText,
    enable_logging: flag(true),
    enable_log_file_validation: flag(false),
    include_global_service_events: flag(true),
    is_multi_region_trail: flag(false),
    event_selector: v.optional(v.array(eventSelector), []),
    advanced_event_selector: v.optional(
      v.array(v.object({ name: v.optional(text, ""), field_selector: v.array(fieldSelector) })),
      [],
    ),
  }),
  ...bucketSchemas,
} as const;

export type DeclaredType = keyof typeof resourceSchemas;
export type Declared<T extends DeclaredType> = v.InferOutput<(typeof resourceSchemas)[T]>;
