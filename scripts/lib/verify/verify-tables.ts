import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import { stackId, tableName } from "../../../stacks/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { findForeignAccount } from "../account";
import type { AwsClients } from "../aws";
import { describeError, orAbort } from "../errors";
import { compareTable } from "./compare-table";
import { unreadable } from "./comparison";
import { declared, findingsOf, unknown, type Difference } from "./finding";
import { KeyReader } from "./live-keys";
import { readTargets, scalableIds } from "./live-scaling";
import { describeTable, readAspects, type Known, type TableToRead } from "./live-table";
import { probe } from "./probe";
import { reading, Unread, type Reading } from "./reading";
import type { Report } from "./report";
import { sideBySide } from "./side-by-side";
import type { Tally } from "./tally";

export interface VerifyOptions {
  readonly environment: Environment;
  readonly probe: boolean;
  /** Ends the reading; a probe that has begun goes on, so that it leaves no item behind. */
  readonly signal?: AbortSignal;
  readonly tally?: Tally;
}

/**
 * About ten calls a table are made at once, and some of them share ten a second in an account: with more tables at a
 * time AWS would throttle what it answers in any case.
 */
const tablesAtOnce = 4;

/**
 * Compares live tables with their specs. What cannot be read is a finding of tier `unknown`, never a pass. Calls grow
 * with the tables; keys are asked about once, and scalable targets for many tables at a time.
 */
export async function verifyTables(
  clients: AwsClients,
  specs: readonly TableSpec[],
  options: VerifyOptions,
): Promise<readonly Report[]> {
  const { environment, signal } = options;
  const obstacles = await orAbort(accountDifferences(clients), signal);
  const tables = specs.map((spec) => ({ spec, environment, name: tableName(spec, environment.name) }));
  const differences =
    obstacles.length > 0 ? tables.map(() => obstacles) : await verifyEach(clients, tables, options);
  return tables.map(({ spec, name }, index) => {
    const stack = stackId(spec.system, "tables", environment.name);
    const subject = { stack, kind: "table", name } as const;
    return { ...subject, id: spec.id, findings: findingsOf(subject, differences[index] ?? []) };
  });
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

interface Described {
  readonly table: TableToRead;
  readonly description: Reading<TableDescription | undefined>;
}

async function verifyEach(
  clients: AwsClients,
  tables: readonly TableToRead[],
  options: VerifyOptions,
): Promise<readonly (readonly Difference[])[]> {
  const { signal, tally } = options;
  tally?.expect(tables.length);
  const atOnce = { limit: tablesAtOnce, signal };
  const described = await sideBySide(
    tables,
    async (table): Promise<Described> => ({
      table,
      description: await orAbort(reading(describeTable(clients.dynamodb, table.name)), signal),
    }),
    atOnce,
  );
  const ids = described.flatMap(({ table: { spec, name }, description }) =>
    isThere(description) ? scalableIds(spec, name, description) : [],
  );
  const shared = {
    targets: await orAbort(readTargets(clients.autoscaling, ids), signal),
    keys: new KeyReader(clients.kms),
  };
  return sideBySide(
    described,
    async (one) => {
      const differences = await verifyTable(clients, one, shared, options);
      tally?.looked();
      return differences;
    },
    atOnce,
  );
}

const isThere = (description: Reading<TableDescription | undefined>): description is TableDescription =>
  description !== undefined && !(description instanceof Unread);

async function verifyTable(
  clients: AwsClients,
  { table, description }: Described,
  shared: Omit<Known, "description">,
  { probe: withProbe, signal }: VerifyOptions,
): Promise<readonly Difference[]> {
  if (description instanceof Unread) {
    return [unreadable("read", description, checkAccess)];
  }
  if (description === undefined) return [declared("existence", "a table", "absent")];
  const live = await orAbort(readAspects(clients, table, { description, ...shared }), signal);
  return [
    ...compareTable({ ...table, place: await placeOf(clients), live }),
    ...(withProbe ? await probe(clients.dynamodb, table.spec, table.name) : []),
  ];
}

/** Where the clients look. */
export const placeOf = async ({ dynamodb, accountId }: Pick<AwsClients, "dynamodb" | "accountId">) => ({
  region: await dynamodb.config.region(),
  accountId,
});

const checkAccess = "Check credentials, region, endpoint and the rights to describe tables and keys.";
