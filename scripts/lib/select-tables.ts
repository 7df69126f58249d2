import { catalogue } from "../../tables/catalogue";
import { tableName, type EnvironmentName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { CouldNotTell } from "./errors";

/**
 * The tables that people name, each once; all of them where they name none.
 *
 * @throws CouldNotTell as selectTable does.
 */
export function selectTables(names: readonly string[], environment: EnvironmentName): readonly TableSpec[] {
  if (names.length === 0) return catalogue;
  return [...new Set(names.map((name) => selectTable(name, environment)))];
}

/**
 * The table of an id, or of a physical name in the environment.
 *
 * @throws CouldNotTell with the ids that there are.
 */
export function selectTable(name: string, environment: EnvironmentName): TableSpec {
  const found = catalogue.find((spec) => spec.id === name || tableName(spec, environment) === name);
  if (found !== undefined) return found;
  const known = catalogue.map(({ id }) => id).join(", ");
  throw new CouldNotTell(`There is no table "${name}" in ${environment}. Use one of: ${known}.`);
}
