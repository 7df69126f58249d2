import { stacksOf, type StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { CouldNotTell } from "../errors";

/**
 * The stacks that people name, each once and in the order of `stacksOf`; all of the environment's where they name
 * none. A name may leave out the environment: `trade-status-tables`.
 *
 * @throws CouldNotTell for a stack that the environment does not have, with those that it has.
 */
export function selectStacks(names: readonly string[], environment: EnvironmentName): readonly StackId[] {
  const known = stacksOf(environment);
  if (names.length === 0) return known;
  const selected = new Set(names.map((name) => selectStack(name, known, environment)));
  return known.filter((stack) => selected.has(stack));
}

function selectStack(name: string, known: readonly StackId[], environment: EnvironmentName): StackId {
  const found = known.find((stack) => stack === name || stack === `${name}-${environment}`);
  if (found !== undefined) return found;
  throw new CouldNotTell(`There is no stack "${name}" in ${environment}. Use one of: ${known.join(", ")}.`);
}
