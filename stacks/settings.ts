/** What one synthesis is made for: the environments, the local AWS if there is one, tables to let go. */

import { resolve } from "node:path";
import { catalogue } from "../tables/catalogue";
import { tableName } from "../tables/naming";
import { loadEnvironments, SettingError, type Environments, type Variables } from "./environments";
import { loopbackEndpoint } from "./local-endpoint";

export interface Settings {
  readonly environments: Environments;
  /** Set when AWS_ENDPOINT_URL points at this machine: then every environment is planned against it. */
  readonly localEndpoint?: string;
  /** Folder of state files for stacks without a state bucket. */
  readonly stateFolder: string;
  /** Physical names of tables whose protection is taken off. */
  readonly released: ReadonlySet<string>;
}

/** Relative to a stack's folder in cdktf.out, so that no machine's path gets into a plan. */
const stateFolders = {
  aws: "../../../.terraform-state",
  // What was applied to a local AWS must never pass for the state of the real one.
  local: "../../../.local/state",
};

/**
 * Reads the settings from environment variables: those of environments.ts, AWS_ENDPOINT_URL,
 * STATE_FOLDER, and RELEASE_PROTECTION (physical names of tables, by comma).
 *
 * @throws SettingError when a variable is malformed or names a table that no protected environment has.
 */
export function loadSettings(variables: Variables): Settings {
  const environments = loadEnvironments(variables);
  const localEndpoint = loopbackEndpoint(variables);
  return {
    environments,
    ...(localEndpoint && { localEndpoint }),
    stateFolder: variables["STATE_FOLDER"]
      ? resolve(variables["STATE_FOLDER"])
      : stateFolders[localEndpoint === undefined ? "aws" : "local"],
    released: releasedTables(variables["RELEASE_PROTECTION"] ?? "", environments),
  };
}

function releasedTables(names: string, environments: Environments): ReadonlySet<string> {
  const released = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const protectedTables = Object.values(environments)
    .filter((environment) => environment.protected)
    .flatMap((environment) => catalogue.map((table) => tableName(table, environment.name)));
  const unknown = released.find((name) => !protectedTables.includes(name));
  if (unknown !== undefined) {
    throw new SettingError(
      `RELEASE_PROTECTION names "${unknown}", which is no protected table. ` +
        `Use one of: ${protectedTables.join(", ")}.`,
    );
  }
  return new Set(released);
}
