import { keyAlias } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";

/** ARN or alias of the key that a table is to be encrypted with. */
export const declaredKey = (spec: TableSpec, environment: EnvironmentName): string =>
  spec.keyArns[environment] ?? keyAlias(spec.system, environment);

/** Whether the key is the system's own, which its stack makes; otherwise it is somebody else's, named by its ARN. */
export const isOwnKey = (spec: TableSpec, environment: EnvironmentName): boolean =>
  spec.keyArns[environment] === undefined;
