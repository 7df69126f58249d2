/** One table of a stack, and what belongs to it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseStackId, stackId, tableName, type StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { CouldNotTell } from "../errors";
import { selectTable } from "../select-tables";
import { terraform, type StackRuns } from "../stack-runs";

export interface Target {
  readonly spec: TableSpec;
  /** Physical name. */
  readonly table: string;
  readonly stack: StackId;
}

/**
 * The table that `--target` names.
 *
 * @param stacks as people typed them: the table's own, or none.
 * @throws CouldNotTell for a table that is not there, or another stack beside it.
 */
export function selectTarget(
  name: string,
  environment: EnvironmentName,
  stacks: readonly StackId[] | undefined,
): Target {
  const spec = selectTable(name, environment);
  const stack = stackId(spec.system, "tables", environment);
  const others = (stacks ?? []).filter((one) => one !== stack);
  if (others.length > 0) {
    throw new CouldNotTell(
      `${spec.id} is a table of ${stack}: leave out ${others.join(", ")} with --target.`,
    );
  }
  return { spec, table: tableName(spec, environment), stack };
}

/**
 * The addresses of a table, its autoscaling and the alias by which others find its key: those that are declared, and
 * those that are in the state and no longer declared. What they depend on, such as the key, Terraform adds.
 */
export async function targetAddresses(runs: StackRuns, { spec, stack }: Target): Promise<readonly string[]> {
  const file = join(runs.synthesized, "stacks", stack, "cdk.tf.json");
  const { resource } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly resource: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const declared = Object.entries(resource).flatMap(([type, ofType]) =>
    Object.keys(ofType).map((logicalId) => `${type}.${logicalId}`),
  );
  const { code, stdout } = await terraform(runs, stack, "state list", ["state", "list"], [noState]);
  const known = code === noState ? [] : stdout.split("\n");
  const usesSystemKey = spec.keyArns[parseStackId(stack).environment] === undefined;
  const ofTable = (address: string) => {
    const [type, logicalId = ""] = address.split(".");
    if (type === "aws_kms_alias") return usesSystemKey;
    return logicalId === spec.id || logicalId.startsWith(`${spec.id}__`);
  };
  return [
    ...new Set([...declared, ...known].filter((address) => !address.startsWith("data.") && ofTable(address))),
  ];
}

/** `terraform state list` before the first apply: "No state file was found!". */
const noState = 1;
