import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./functions";

export interface StackFixture {
  /** Source of the one function behind all routes. */
  readonly source: string;
  /** Route keys with their authorization. */
  readonly routes: Readonly<Record<string, "AWS_IAM" | "JWT">>;
  readonly cors?: object;
  readonly timeout?: number;
  /** Spoils the document, for tests of what is refused. */
  readonly change?: (resources: ResourceFixture) => void;
}

export type ResourceFixture = Record<string, Record<string, Record<string, unknown>>>;

export const issuer = "https://login.example.com";
export const audience = "chatbot";

/** Writes a services stack as cdktf synthesizes one. */
export function writeServicesStack(outdir: string, stack: string, fixture: StackFixture): void {
  const { source, routes, cors, timeout = 30, change } = fixture;
  const folder = join(outdir, "stacks", stack);
  const filename = "assets/api/0ec5/api.zip";
  const id = (type: string, name: string) => `\${aws_${type}.${name}.id}`;
  const resource: ResourceFixture = {
    aws_lambda_function: {
      api: {
        function_name: `${stack}-api`,
        filename,
        handler: "index.handler",
        timeout,
        memory_size: 256,
        environment: { variables: { TABLE_NAME: "ai-trade-matching-processing-status-local" } },
      },
    },
    aws_apigatewayv2_api: {
      api: { name: `${stack}-api`, protocol_type: "HTTP", ...(cors && { cors_configuration: cors }) },
    },
    aws_apigatewayv2_integration: {
      api_integration: {
        api_id: id("apigatewayv2_api", "api"),
        integration_type: "AWS_PROXY",
        integration_uri: "${aws_lambda_function.api.invoke_arn}",
        payload_format_version: "2.0",
      },
    },
    aws_apigatewayv2_authorizer: {
      api_jwt: {
        api_id: id("apigatewayv2_api", "api"),
        authorizer_type: "JWT",
        identity_sources: ["$request.header.Authorization"],
        jwt_configuration: { issuer, audience: [audience] },
      },
    },
    aws_apigatewayv2_route: Object.fromEntries(
      Object.entries(routes).map(([route_key, authorization_type], index) => [
        `api_route_${index}`,
        {
          api_id: id("apigatewayv2_api", "api"),
          route_key,
          target: `integrations/${id("apigatewayv2_integration", "api_integration")}`,
          authorization_type,
          ...(authorization_type === "JWT" && { authorizer_id: id("apigatewayv2_authorizer", "api_jwt") }),
        },
      ]),
    ),
  };
  change?.(resource);
  mkdirSync(join(folder, "assets/api/0ec5"), { recursive: true });
  writeFileSync(join(folder, filename), bundle(source));
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
}
