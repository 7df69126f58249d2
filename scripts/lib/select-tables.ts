import { catalogue } from "../../tables/catalogue";
import { tableName, type EnvironmentName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { CouldNotTell } from "./errors";

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
