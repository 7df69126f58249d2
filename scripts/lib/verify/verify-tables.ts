import type { Environment } from "../../../stacks/environments";
import { keyAlias, stackId, tableName } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { findForeignAccount } from "../account";
import type { AwsClients } from "../aws";
import { describeError, orAbort } from "../errors";
import { compareTable } from "./compare-table";
import { declared, findingsOf, unknown, type Difference } from "./finding";
import { readTable, Unread } from "./live-table";
import { probe } from "./probe";
import type { Report } from "./report";

export interface VerifyOptions {
  readonly environment: Environment;
  readonly probe: boolean;
  /** Ends the reading; a probe that has begun goes on, so that it leaves no item behind. */
  readonly signal?: AbortSignal;
}

/** Compares live tables with their specs. What cannot be read is a finding of tier `unknown`, never a pass. */
export async function verifyTables(
  clients: AwsClients,
  specs: readonly TableSpec[],
  options: VerifyOptions,
): Promise<readonly Report[]> {
  const { environment, signal } = options;
  const obstacles = await orAbort(accountDifferences(clients), signal);
  return Promise.all(
    specs.map(async (spec) => {
      const name = tableName(spec, environment.name);
      const subject = {
        stack: stackId(spec.system, "tables", environment.name),
        kind: "table",
        name,
      } as const;
      const differences = obstacles.length > 0 ? obstacles : await verifyTable(clients, spec, name, options);
      return { ...subject, id: spec.id, findings: findingsOf(subject, differences) };
    }),
  );
}

/** In another account a missing table would pass for drift, and a probe would write there. */
async function accountDifferences(clients: AwsClients): Promise<readonly Difference[]> {
  const expected = `account ${clients.accountId ?? "unknown"}`;
  try {
    const foreign = await findForeignAccount(clients);
    return foreign === undefined ? [] : [unknown("account", expected, foreign.actual, foreign.remedy)];
  } catch (error) {
    return [unknown("account", expected, describeError(error), checkAccess)];
  }
}

async function verifyTable(
  clients: AwsClients,
  spec: TableSpec,
  table: string,
  { environment, probe: withProbe, signal }: VerifyOptions,
): Promise<readonly Difference[]> {
  const keyId = declaredKey(spec, environment.name);
  const live = await orAbort(
    readTable(clients, table, keyId).catch((error: unknown) => new Unread(describeError(error))),
    signal,
  );
  if (live instanceof Unread) return [unknown("read", "an answer from AWS", live.reason, checkAccess)];
  if (live === undefined) return [declared("existence", "a table", "absent")];
  return [
    ...compareTable({ spec, environment, live }),
    ...(withProbe ? await probe(clients.dynamodb, spec, table) : []),
  ];
}

/** ARN or alias of the key that a table is to be encrypted with. */
export const declaredKey = (spec: TableSpec, environment: EnvironmentName): string =>
  spec.keyArns[environment] ?? keyAlias(spec.system, environment);

const checkAccess = "Check credentials, region, endpoint and the rights to describe tables and keys.";
