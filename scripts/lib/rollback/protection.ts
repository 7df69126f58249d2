/** Deletion protection that is never left off: see `whileReleased`. */

import {
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import { loadSettings } from "../../../stacks/settings";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { waitFor } from "../backup/wait";
import { describeError } from "../errors";
import type { RollbackContext } from "./context";
import { readStanding } from "./standing-tables";

/** `gone`: there is nothing left to protect. */
export type Protection = "on" | "gone";

/** A table could not be protected again: someone has to do it now. */
export class LeftOpen extends Error {
  override readonly name = "LeftOpen";

  constructor(
    readonly tables: readonly string[],
    /** What came before: the reason why the protection was to be put back. */
    override readonly cause: unknown,
    { region }: Pick<Environment, "region">,
    why: string,
  ) {
    super(
      (cause === undefined ? "" : `${describeError(cause)}\n`) +
        `THE PROTECTION OF ${tables.join(", ")} IS OFF and could not be put on again: ${why}\nDo it now:\n` +
        tables
          .map(
            (table) =>
              `  aws dynamodb update-table --region ${region} --table-name ${table} --deletion-protection-enabled`,
          )
          .join("\n"),
    );
  }
}

/** A table that is being updated takes no other update; that is over in seconds. */
const patience = { intervalSeconds: 1, patienceSeconds: 60 };

/**
 * Puts a table's protection on, by AWS's own call: it works also when Terraform, its state or its lock is what
 * failed. The stack's next plan finds it as it is declared.
 *
 * @throws what AWS answers.
 */
export async function protect(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  table: string,
): Promise<Protection> {
  // What puts protection on is not to be interrupted.
  const { signal } = new AbortController();
  const found = await waitFor(() => tryToProtect(dynamodb, table), { ...patience, signal });
  if (found === undefined)
    throw new Error(`${table} was being updated for a minute and took no other update`);
  return found;
}

async function tryToProtect(
  dynamodb: AwsClients["dynamodb"],
  table: string,
): Promise<Protection | undefined> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
    if (Table?.TableStatus === "DELETING") return "gone";
    if (Table?.DeletionProtectionEnabled === true) return "on";
    await dynamodb.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: true }));
    // Looks again: what AWS says then counts.
    return undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return "gone";
    if (error instanceof ResourceInUseException) return undefined;
    throw error;
  }
}

export interface Release {
  readonly clients: Pick<AwsClients, "dynamodb">;
  readonly environment: Pick<Environment, "region">;
  /** Physical names. */
  readonly tables: readonly string[];
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/**
 * Does what takes the protection of tables off and then destroys them. Whenever that ends otherwise than well, the
 * tables that still stand are protected again by the time the error is seen.
 *
 * @throws what the work threw, and LeftOpen when a table could not be protected.
 */
export async function whileReleased<T>(release: Release, work: () => Promise<T>): Promise<T> {
  const { signal, tables, clients } = release;
  signal.throwIfAborted();
  // At once, since a second Ctrl-C ends the process; what Terraform does in its last seconds is mended below.
  const atOnce = () => void Promise.allSettled(tables.map((table) => protect(clients, table)));
  signal.addEventListener("abort", atOnce, { once: true });
  try {
    return await work();
  } catch (error) {
    await protectAgain(release, error);
    throw error;
  } finally {
    signal.removeEventListener("abort", atOnce);
  }
}

/**
 * Puts the protection of tables on, all that can be, and says so.
 *
 * @throws LeftOpen when it could not be done for one.
 */
export async function protectAgain(
  { clients, environment, tables, tell }: Omit<Release, "signal">,
  cause?: unknown,
): Promise<void> {
  const results = await Promise.allSettled(tables.map((table) => protect(clients, table)));
  const open: string[] = [];
  let why = "";
  results.forEach((result, index) => {
    const table = tables[index] ?? "";
    if (result.status === "rejected") {
      open.push(table);
      why ||= describeError(result.reason);
    } else {
      tell(result.value === "on" ? `The protection of ${table} is on again.` : `${table} is gone.`);
    }
  });
  if (open.length > 0) throw new LeftOpen(open, cause, environment, why);
}

/**
 * Puts the protection on that a run which was killed has left off: that of every table whose environment is
 * protected and which RELEASE_PROTECTION does not name. A dry run only says so.
 *
 * @throws LeftOpen when it could not be done.
 */
export async function closeLeftOpen(specs: readonly TableSpec[], context: RollbackContext): Promise<void> {
  const { environment, clients, variables, signal, dryRun, tell } = context;
  if (!environment.protected) return;
  const { released } = loadSettings(variables);
  const standing = await readStanding(clients, specs, environment.name, signal);
  const open = standing.filter(({ isProtected, name }) => !isProtected && !released.has(name));
  const tables = open.map(({ name }) => name);
  if (tables.length === 0) return;
  tell(`The protection of ${tables.join(" and ")} was left off, by a run that was killed or by hand.`);
  if (!dryRun) await protectAgain({ clients, environment, tables, tell });
}
