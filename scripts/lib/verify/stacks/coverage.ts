/** What the verifier does not look at, so that nobody takes its silence for an answer. */

import type { Block, DeclaredStack } from "./declared-stack";
import { resourceSchemas } from "./resource-schemas";

/** Types that the tables' part looks at, with the spec for its expectation. */
const ofTables = new Set([
  "aws_appautoscaling_policy",
  "aws_appautoscaling_scheduled_action",
  "aws_appautoscaling_target",
  "aws_dynamodb_contributor_insights",
  "aws_dynamodb_kinesis_streaming_destination",
  "aws_dynamodb_resource_policy",
  "aws_dynamodb_table",
]);

/** Terraform's own, and what leaves no trace in AWS to compare with. By `<type>.<attribute>` or attribute. */
const withoutTrace = new Set([
  "//",
  "depends_on",
  "lifecycle",
  "provider",
  "timeouts",
  // Where the code lies here; its hash is compared.
  "aws_lambda_function.filename",
  // How long AWS would wait if the key were deleted.
  "aws_kms_key.deletion_window_in_days",
  "aws_s3_bucket.force_destroy",
  // What the provider does when it changes something.
  "aws_bedrockagent_agent.prepare_agent",
  "aws_bedrockagent_agent.skip_resource_in_use_check",
  "aws_bedrockagent_agent_action_group.prepare_agent",
  "aws_bedrockagent_agent_action_group.skip_resource_in_use_check",
]);

/** Types and attributes of stacks that are not held against AWS, such as `aws_lambda_function.vpc_config`. */
export const notLookedAt = (stacks: readonly DeclaredStack[]): readonly string[] =>
  [...new Set(stacks.flatMap(missedIn))].sort();

function missedIn(stack: DeclaredStack): readonly string[] {
  return Object.entries(stack.resources).flatMap(([type, blocks]) => {
    if (ofTables.has(type)) return [];
    if (!isKnown(type)) return [type];
    return Object.keys(blocks).flatMap((id) => {
      const read = stack.one(type, id) as Block;
      return missedAttributes(type, blocks[id], read).filter((path) => !withoutTrace.has(path));
    });
  });
}

const isKnown = (type: string): type is keyof typeof resourceSchemas => type in resourceSchemas;

/** The schemas drop what they do not name. */
function missedAttributes(path: string, raw: unknown, read: unknown): readonly string[] {
  if (Array.isArray(raw)) {
    return raw.flatMap((one, index) => missedAttributes(path, one, (read as readonly unknown[])[index]));
  }
  if (typeof raw !== "object" || raw === null) return [];
  return Object.entries(raw).flatMap(([name, value]) => {
    const below = `${path}.${name}`;
    if (withoutTrace.has(name) || withoutTrace.has(below)) return [];
    const found = (read as Block)[name];
    return found === undefined ? [below] : missedAttributes(below, value, found);
  });
}
