/**
 * Which tables and keys Terraform refuses to destroy. RELEASE_PROTECTION names the tables to let go
 * (docs/runbooks/destroy-tables.md): one deployment takes the protection off, the next command may destroy.
 */

import { tablesOf } from "../tables/catalogue";
import { tableName } from "../tables/naming";
import type { TableSpec } from "../tables/table-spec";
import type { SystemStack } from "./system-stack";

export const isTableProtected = ({ environment, settings }: SystemStack, spec: TableSpec): boolean =>
  environment.protected && !settings.released.has(tableName(spec, environment.name));

/** A key is held as long as one table that it encrypts is. */
export const isKeyProtected = (stack: SystemStack): boolean =>
  tablesOf(stack.system)
    .filter((spec) => spec.keyArns[stack.environment.name] === undefined)
    .some((spec) => isTableProtected(stack, spec));
