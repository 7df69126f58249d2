import { on, type ResourceActions } from "./scoped-actions";

/** HTTP methods are the actions of API Gateway. */
const apiPart: ResourceActions = {
  read: [on("apis", "apigateway:GET")],
  write: [on("apis", "apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT")],
};

const agentPart: ResourceActions = {
  read: [
    on(
      "agents",
      "bedrock:GetAgent",
      "bedrock:GetAgentActionGroup",
      "bedrock:GetAgentAlias",
      "bedrock:GetAgentVersion",
      "bedrock:ListAgentActionGroups",
      "bedrock:ListAgentAliases",
      "bedrock:ListAgentCollaborators",
      "bedrock:ListAgentKnowledgeBases",
      "bedrock:ListAgentVersions",
      "bedrock:ListTagsForResource",
    ),
  ],
  write: [
    on("newAgent", "bedrock:CreateAgent", "bedrock:TagResource"),
    on(
      "taggedAgents",
      "bedrock:CreateAgentActionGroup",
      "bedrock:CreateAgentAlias",
      "bedrock:DeleteAgent",
      "bedrock:DeleteAgentActionGroup",
      "bedrock:DeleteAgentAlias",
      "bedrock:DeleteAgentVersion",
      "bedrock:PrepareAgent",
      "bedrock:UntagResource",
      "bedrock:UpdateAgent",
      "bedrock:UpdateAgentActionGroup",
      "bedrock:UpdateAgentAlias",
    ),
  ],
};

/** Of what can be rebuilt: see resource-actions.ts. */
export const servicesActions: Readonly<Record<string, ResourceActions>> = {
  aws_apigatewayv2_api: apiPart,
  aws_apigatewayv2_authorizer: apiPart,
  aws_apigatewayv2_integration: apiPart,
  aws_apigatewayv2_route: apiPart,
  aws_apigatewayv2_stage: {
    read: apiPart.read,
    write: [
      ...apiPart.write,
      // Access logs are delivered on behalf of who sets them up (AWS: "Enable logging from AWS services").
      on(
        "logDelivery",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ),
      on("linkedRoles", "iam:CreateServiceLinkedRole"),
    ],
  },
  aws_bedrockagent_agent: agentPart,
  aws_bedrockagent_agent_action_group: agentPart,
  aws_bedrockagent_agent_alias: agentPart,
  aws_cloudwatch_log_group: {
    read: [
      on("anyLogGroup", "logs:DescribeLogGroups"),
      on("logGroups", "logs:ListTagsForResource", "logs:ListTagsLogGroup"),
    ],
    write: [
      on(
        "logGroups",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ),
    ],
  },
  aws_iam_role: {
    read: [
      on(
        "serviceRoles",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
      ),
    ],
    write: [
      on("boundedRoles", "iam:CreateRole", "iam:PutRolePermissionsBoundary"),
      on(
        "serviceRoles",
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ),
      on("passedRoles", "iam:PassRole"),
    ],
  },
  aws_iam_role_policy: {
    read: [on("serviceRoles", "iam:GetRolePolicy")],
    write: [on("boundedRoles", "iam:DeleteRolePolicy", "iam:PutRolePolicy")],
  },
  aws_lambda_function: {
    read: [
      on(
        "functions",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionConfiguration",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ),
    ],
    write: [
      on(
        "functions",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
      ),
    ],
  },
  aws_lambda_function_event_invoke_config: {
    read: [on("functions", "lambda:GetFunctionEventInvokeConfig")],
    write: [
      on(
        "functions",
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:UpdateFunctionEventInvokeConfig",
      ),
    ],
  },
  aws_lambda_permission: {
    read: [on("functions", "lambda:GetPolicy")],
    write: [on("functions", "lambda:AddPermission", "lambda:RemovePermission")],
  },
  aws_scheduler_schedule: {
    read: [on("schedules", "scheduler:GetSchedule")],
    write: [
      on("schedules", "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"),
    ],
  },
  aws_scheduler_schedule_group: {
    read: [on("schedules", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource")],
    write: [
      on(
        "schedules",
        "scheduler:CreateScheduleGroup",
        "scheduler:DeleteScheduleGroup",
        "scheduler:TagResource",
        "scheduler:UntagResource",
      ),
    ],
  },
  aws_sfn_state_machine: {
    read: [
      on(
        "workflows",
        "states:DescribeStateMachine",
        "states:ListStateMachineVersions",
        "states:ListTagsForResource",
      ),
      on("anyDefinition", "states:ValidateStateMachineDefinition"),
    ],
    write: [
      on(
        "workflows",
        "states:CreateStateMachine",
        "states:DeleteStateMachine",
        "states:TagResource",
        "states:UntagResource",
        "states:UpdateStateMachine",
      ),
    ],
  },
  aws_sqs_queue: {
    read: [on("queues", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags")],
    write: [
      on(
        "queues",
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ),
    ],
  },
};
