import type { Environment } from "../../../stacks/environments";
import { keyAlias, tableName } from "../../../stacks/naming";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { CouldNotTell, describeError } from "../errors";
import { compareTable } from "./compare-table";
import { declared, type Difference, type Finding } from "./finding";
import { readTable } from "./live-table";
import { probe } from "./probe";

export interface VerifyOptions {
  readonly environment: Environment;
  readonly probe: boolean;
}

/** What was found of one table: nothing, when it is in spec. */
export interface TableReport {
  readonly id: string;
  readonly table: string;
  readonly findings: readonly Finding[];
}

/** Compares live tables with their specs. What cannot be read is a finding of tier `unknown`, never a pass. */
export function verifyTables(
  clients: AwsClients,
  specs: readonly TableSpec[],
  options: VerifyOptions,
): Promise<readonly TableReport[]> {
  return Promise.all(
    specs.map(async (spec) => {
      const table = tableName(spec, options.environment.name);
      const differences = await verifyTable(clients, spec, table, options).catch((error: unknown) => [
        couldNotRead(error),
      ]);
      return { id: spec.id, table, findings: differences.map((difference) => ({ table, ...difference })) };
    }),
  );
}

async function verifyTable(
  clients: AwsClients,
  spec: TableSpec,
  table: string,
  { environment, probe: withProbe }: VerifyOptions,
): Promise<readonly Difference[]> {
  const keyId = spec.kmsKeyArn ?? keyAlias(spec.system, environment.name);
  const live = await readTable(clients, table, keyId);
  const account = live?.description.TableArn?.split(":")[4];
  if (clients.accountId !== undefined && account !== undefined && account !== clients.accountId) {
    throw new CouldNotTell(`the credentials are of account ${account}, not ${clients.accountId}`);
  }
  if (live === undefined) return [declared("existence", "a table", "absent")];
  return [
    ...compareTable({ spec, environment, live }),
    ...(withProbe ? await probe(clients.dynamodb, spec, table) : []),
  ];
}

const couldNotRead = (error: unknown): Difference => ({
  tier: "unknown",
  path: "read",
  expected: "an answer from AWS",
  actual: describeError(error),
  remedy: "Check credentials, region, endpoint and the rights to describe tables and keys.",
});
