import { localCredentials } from "../../stacks/local-endpoint";

/** The environment of functions that a test loads into its own process; they read it when they are loaded. */
export function useFunctionVariables(endpoint: string, variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    ...variables,
  });
}
