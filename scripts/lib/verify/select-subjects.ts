import { parseStackId, stacksOf, tableName, type StackId } from "../../../stacks/naming";
import { catalogue, tablesOf } from "../../../tables/catalogue";
import type { EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { CouldNotTell } from "../errors";

/** What is to be verified. */
export interface Subjects {
  readonly tables: readonly TableSpec[];
  /** With everything but their tables. */
  readonly stacks: readonly StackId[];
}

/**
 * What people name: a table by its id or physical name; a stack, with or without the environment, which for a tables
 * stack includes its tables; everything of the environment where they name nothing.
 *
 * @throws CouldNotTell for any other name, with those that there are.
 */
export function selectSubjects(names: readonly string[], environment: EnvironmentName): Subjects {
  const known = stacksOf(environment);
  if (names.length === 0) return { tables: catalogue, stacks: known };
  const named = names.map((name) => selectSubject(name, known, environment));
  const tables = new Set(named.flatMap((one) => one.tables));
  const stacks = new Set(named.flatMap((one) => one.stacks));
  return {
    tables: catalogue.filter((spec) => tables.has(spec)),
    stacks: known.filter((stack) => stacks.has(stack)),
  };
}

function selectSubject(name: string, known: readonly StackId[], environment: EnvironmentName): Subjects {
  const table = catalogue.find((spec) => spec.id === name || tableName(spec, environment) === name);
  if (table !== undefined) return { tables: [table], stacks: [] };
  const stack = known.find((id) => id === name || id === `${name}-${environment}`);
  if (stack !== undefined) return { tables: tablesIn(stack), stacks: [stack] };
  const all = [...catalogue.map(({ id }) => id), ...known].join(", ");
  throw new CouldNotTell(`There is no table or stack "${name}" in ${environment}. Use one of: ${all}.`);
}

/** The tables of a stack: none but a tables stack has any. */
export function tablesIn(stack: StackId): readonly TableSpec[] {
  const { system, layer } = parseStackId(stack);
  return layer === "tables" ? tablesOf(system) : [];
}
