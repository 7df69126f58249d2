/** The functions of a stack: code, settings, and who may call them. */

import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  paginateListEventSourceMappings,
  paginateListFunctionUrlConfigs,
  ResourceNotFoundException,
  type EventSourceMappingConfiguration,
  type FunctionUrlConfig,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { eventSourceDifferences, permissionDifferences, urlDifferences } from "./compare-function-access";
import {
  codeDifferences,
  roleAndKeyDifferences,
  settingDifferences,
  stateDifferences,
} from "./compare-function";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent, same, sameFields, sameOrUndeclared } from "./same";

export const functionLooks: Looks = (context) =>
  context.stack.all("aws_lambda_function").map(([id, block]): Look => ({
    kind: "function",
    name: block.function_name,
    see: () => seeFunction(context, id, block),
  }));

async function seeFunction(
  context: Context,
  id: string,
  expected: Declared<"aws_lambda_function">,
): Promise<Seen> {
  const { clients, references } = context;
  const { function_name: name } = expected;
  const live = await unlessAbsent(
    clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    ResourceNotFoundException,
  );
  if (live === undefined) return { differences: [absent("a function")] };
  const differences = await aspects(
    Promise.resolve([...codeDifferences(expected, live), ...stateDifferences(live)]),
    aspect("variables", async () => settingDifferences(await references.resolve(settingsOf(expected)), live)),
    aspect("role", async () =>
      roleAndKeyDifferences(
        await references.resolve({
          role: expected.role,
          key: expected.kms_key_arn,
          deadLetters: expected.dead_letter_config?.target_arn,
          layers: expected.layers,
        }),
        live,
      ),
    ),
    aspect("reservedConcurrency", async () => {
      const answer = await clients.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
      return sameOrUndeclared(
        "reservedConcurrency",
        expected.reserved_concurrent_executions,
        answer.ReservedConcurrentExecutions,
      );
    }),
    aspect("asynchronous", () => asynchronousDifferences(context, id, name)),
    aspect("permissions", async () => {
      const own = context.stack.having("aws_lambda_permission", "function_name", `aws_lambda_function.${id}`);
      const policy = await unlessAbsent(
        clients.lambda.send(new GetPolicyCommand({ FunctionName: name })),
        ResourceNotFoundException,
      );
      const declared = await references.resolve(own.map(([, permission]) => permission));
      return permissionDifferences(
        name,
        references.arn("lambda", `function:${name}`),
        declared,
        policy?.Policy,
      );
    }),
    aspect("url", async () => urlDifferences(name, await listUrls(clients.lambda, name))),
    aspect("eventSources", async () => {
      const own = context.stack.having(
        "aws_lambda_event_source_mapping",
        "function_name",
        `aws_lambda_function.${id}`,
      );
      const declared = await references.resolve(own.map(([, mapping]) => mapping));
      return eventSourceDifferences(declared, await listEventSources(clients.lambda, name));
    }),
  );
  return { differences };
}

const settingsOf = ({ environment, ...rest }: Declared<"aws_lambda_function">) => ({
  variables: environment?.variables ?? {},
  tracing: rest.tracing_config.mode,
});

async function asynchronousDifferences({ stack, clients }: Context, id: string, name: string) {
  const [own] = stack.having(
    "aws_lambda_function_event_invoke_config",
    "function_name",
    `aws_lambda_function.${id}`,
  );
  const live = await unlessAbsent(
    clients.lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name })),
    ResourceNotFoundException,
  );
  const actual = live && {
    maximumEventAge: live.MaximumEventAgeInSeconds,
    maximumRetries: live.MaximumRetryAttempts,
    // Where it leads what was called, with what it was called with.
    destinations: [
      live.DestinationConfig?.OnSuccess?.Destination,
      live.DestinationConfig?.OnFailure?.Destination,
    ]
      .filter((one) => one !== undefined)
      .join(", "),
  };
  if (own === undefined) return sameOrUndeclared("asynchronous", undefined, actual);
  const [, { maximum_event_age_in_seconds: age, maximum_retry_attempts: retries }] = own;
  const expected = { maximumEventAge: age, maximumRetries: retries, destinations: "" };
  return actual === undefined
    ? same("asynchronous", expected, undefined)
    : sameFields("asynchronous.", expected, actual);
}

async function listUrls(client: LambdaClient, FunctionName: string): Promise<readonly FunctionUrlConfig[]> {
  const found: FunctionUrlConfig[] = [];
  for await (const page of paginateListFunctionUrlConfigs({ client }, { FunctionName })) {
    found.push(...(page.FunctionUrlConfigs ?? []));
  }
  return found;
}

async function listEventSources(
  client: LambdaClient,
  FunctionName: string,
): Promise<readonly EventSourceMappingConfiguration[]> {
  const found: EventSourceMappingConfiguration[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
    found.push(...(page.EventSourceMappings ?? []));
  }
  return found;
}
