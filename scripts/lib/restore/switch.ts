import { stackId, tableName } from "../../../stacks/naming";
import { perEnvironment, type EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";

/**
 * What makes a restored table the live one, in the order in which it is done: DynamoDB renames no table, and the
 * system's IAM policies name the exact ARN, so nothing reaches the new one before.
 */
export function describeSwitch(spec: TableSpec, environment: EnvironmentName, to: string): readonly string[] {
  const live = tableName(spec, environment);
  const stack = stackId(spec.system, "tables", environment);
  if (to === live) {
    return [
      `${live} is there again under its own name: Terraform's state and the services know it by that. A plan of ` +
        `${stack} should change nothing of it.`,
    ];
  }
  return [
    `Nothing uses ${to} yet: policies and services name ${live}. Two ways (docs/runbooks/restore-a-table.md):`,
    keepNewName(spec, environment, to, stack),
    `2. Back to the old name: back ${to} up, delete ${live}, restore that backup --to ${live}. Nothing else ` +
      "changes; until it is restored the system has no table.",
    `Which one is not used in the end is billed until someone deletes it.`,
  ];
}

function keepNewName(spec: TableSpec, environment: EnvironmentName, to: string, stack: string): string {
  const name = specName(spec, environment, to);
  if (name === undefined) {
    return `1. The new name: not possible with ${to}, since names of ${environment} end in -${environment}.`;
  }
  return (
    `1. The new name: name: "${name}" in tables/${spec.id}.ts, terraform state rm and import of ` +
    `aws_dynamodb_table.${spec.id} in ${stack}, deploy both stacks of ${spec.system}. The spec's name is that of ` +
    "every environment: the others need their table under the new name before they are deployed."
  );
}

/** The name that a spec would have to have for the table to be called so; none where no name leads there. */
export function specName(
  { name }: Pick<TableSpec, "name">,
  environment: EnvironmentName,
  to: string,
): string | undefined {
  const candidate = name.includes("<env>")
    ? to.replace(new RegExp(`${environment}$`), "<env>")
    : environment === "prod"
      ? to
      : to.replace(new RegExp(`-${environment}$`), "");
  const isNamed = name.includes("<env>")
    ? tableName({ name: candidate }, environment) === to && candidate.includes("<env>")
    : perEnvironment(candidate, environment) === to;
  return isNamed ? candidate : undefined;
}
