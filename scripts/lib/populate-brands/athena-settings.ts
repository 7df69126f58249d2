import type { AthenaSettings } from "../../../functions/brand-processing/athena-source";
import type { Environment } from "../../../stacks/environments";
import { CouldNotTell } from "../errors";

/** Instead of the environment's own. */
export type AthenaOptions = { readonly [K in keyof AthenaSettings]?: string };

/**
 * Where the brands' query runs.
 *
 * @throws CouldNotTell when the environment has no Athena and the options do not name it all.
 */
export function athenaSettings(
  { name, brandProcessing: { athena } }: Environment,
  options: AthenaOptions,
): AthenaSettings {
  const { database = athena?.database, workgroup = athena?.workgroup, output = athena?.output } = options;
  if (database !== undefined && workgroup !== undefined && output !== undefined) {
    return { database, workgroup, output };
  }
  const prefix = name.toUpperCase();
  throw new CouldNotTell(
    `The environment ${name} has no Athena: set ${prefix}_ATHENA_DATABASE, ${prefix}_ATHENA_WORKGROUP, ` +
      `${prefix}_ATHENA_OUTPUT and ${prefix}_ATHENA_DATA (docs/environments.md), give --database, --workgroup ` +
      "and --output, or read a file with --from-csv.",
  );
}
