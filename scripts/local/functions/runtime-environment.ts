import { localCredentials } from "../../../stacks/local-endpoint";
import type { FunctionDefinition, RunnerOptions } from "./function";

export const defaultRegion = "us-east-1";

/**
 * All variables that a function sees: its own and those that Lambda sets, never this process's. Lambda's
 * come last, since it refuses definitions that set them.
 */
export function runtimeEnvironment(
  { name, handler, environment, memoryMegabytes }: FunctionDefinition,
  taskRoot: string,
  { endpoint, region = defaultRegion }: Pick<RunnerOptions, "endpoint" | "region">,
): Record<string, string> {
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    LAMBDA_TASK_ROOT: taskRoot,
    // The SDK would read the developer's ~/.aws.
    HOME: taskRoot,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: handler,
  };
}
