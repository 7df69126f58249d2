import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { CouldNotTell, describeError } from "../../lib/errors";

const texts = v.array(v.string());
const blocks = <S extends v.GenericSchema>(schema: S) => v.optional(v.record(v.string(), schema), {});

/** What a gateway has to know of a stack, as Terraform reads it. */
const stackDocument = v.object({
  resource: v.optional(
    v.object({
      aws_lambda_function: blocks(
        v.object({
          function_name: v.string(),
          filename: v.string(),
          handler: v.string(),
          // Lambda's own where a stack does not say.
          timeout: v.optional(v.number(), 3),
          memory_size: v.optional(v.number(), 128),
          environment: v.optional(
            v.object({ variables: v.optional(v.record(v.string(), v.string()), {}) }),
            {},
          ),
        }),
      ),
      aws_apigatewayv2_api: blocks(
        v.object({
          name: v.string(),
          protocol_type: v.literal("HTTP"),
          cors_configuration: v.optional(
            v.object({
              allow_origins: v.optional(texts, []),
              allow_methods: v.optional(texts, []),
              allow_headers: v.optional(texts, []),
              expose_headers: v.optional(texts, []),
              allow_credentials: v.optional(v.boolean(), false),
              max_age: v.optional(v.number()),
            }),
          ),
        }),
      ),
      aws_apigatewayv2_integration: blocks(
        v.object({
          api_id: v.string(),
          integration_type: v.literal("AWS_PROXY"),
          integration_uri: v.string(),
          payload_format_version: v.literal("2.0"),
        }),
      ),
      aws_apigatewayv2_route: blocks(
        v.object({
          api_id: v.string(),
          route_key: v.string(),
          target: v.string(),
          authorization_type: v.optional(v.string(), "NONE"),
          authorizer_id: v.optional(v.string()),
        }),
      ),
      aws_apigatewayv2_authorizer: blocks(
        v.object({
          authorizer_type: v.string(),
          jwt_configuration: v.optional(v.object({ issuer: v.string(), audience: texts })),
        }),
      ),
    }),
    {},
  ),
});

export type StackDocument = v.InferOutput<typeof stackDocument>;
export type Resources = StackDocument["resource"];

/**
 * Reads a synthesized stack.
 *
 * @throws CouldNotTell when it is not there, or has a resource that the gateway cannot serve.
 */
export function readStackDocument(folder: string, stack: string): StackDocument {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  } catch (error) {
    throw new CouldNotTell(`${stack} cannot be read: synthesize it first (${describeError(error)}).`);
  }
  const { success, output, issues } = v.safeParse(stackDocument, content);
  if (success) return output;
  const [issue] = issues;
  throw new CouldNotTell(
    `${stack}: the local gateway cannot serve ${v.getDotPath(issue)}: ` +
      `it takes ${issue.expected}, found ${issue.received}. Correct the stack.`,
  );
}
