/** Step one: every table that goes can be had back. */

import { createBackup, type CreatedBackup } from "../backup/create-backup";
import { confirmRestorable } from "../backup/confirm-restorable";
import { listBackups } from "../backup/read-backup";
import type { RunState } from "../run-state";
import type { RollbackContext } from "./context";
import type { StandingTable } from "./standing-tables";
import type { BackupKind } from "./wish";

/** How a table that was destroyed can be had back. */
export type WayBack =
  | { readonly kind: "backup"; readonly table: string; readonly arn: string }
  /** AWS keeps the last state of a deleted table with point-in-time recovery, as a system backup, for 35 days. */
  | { readonly kind: "last state"; readonly table: string; readonly arn?: string }
  | { readonly kind: "none"; readonly table: string };

/** What a run that was killed leaves to the next one. */
interface Checkpoint {
  readonly startedAt: string;
  readonly waysBack: readonly WayBack[];
}

/** AWS makes a backup within minutes; later the table may hold what it lacks. */
const freshMilliseconds = 15 * 60_000;
const follow = { intervalSeconds: 2, patienceSeconds: 3_600 };

/** The ways back that a rollback has made so far; they outlive a kill. */
export class WaysBack {
  private readonly startedAt: Date;
  private known: readonly WayBack[];

  constructor(
    private readonly state: RunState,
    now: Date,
  ) {
    const before = state.load() as Checkpoint | undefined;
    const isFresh = before !== undefined && now.getTime() - Date.parse(before.startedAt) < freshMilliseconds;
    this.startedAt = isFresh ? new Date(before.startedAt) : now;
    this.known = before?.waysBack ?? [];
  }

  /** Of tables that a run has destroyed, also an earlier one. */
  of(table: string): WayBack {
    return this.known.find((way) => way.table === table) ?? { kind: "none", table };
  }

  /**
   * Makes sure that a table can be had back. A backup that a killed run has begun some minutes ago is found again.
   *
   * @throws Refused and CouldNotTell as createBackup and confirmRestorable do.
   */
  async secure(table: StandingTable, kind: BackupKind, context: RollbackContext): Promise<WayBack> {
    const way = await this.make(table, kind, context);
    this.known = [...this.known.filter((known) => known.table !== table.name), way];
    this.save();
    return way;
  }

  private async make(
    { name }: StandingTable,
    kind: BackupKind,
    { clients, signal, tell }: RollbackContext,
  ): Promise<WayBack> {
    switch (kind) {
      case "on-demand": {
        // Before the backup: a run that is killed while it is made finds it by this moment.
        this.save();
        const backup = await createBackup(clients, name, { ...follow, run: this.startedAt, signal });
        tell(describeBackup(backup));
        return { kind: "backup", table: name, arn: backup.arn };
      }
      case "point-in-time": {
        const { earliest, latest } = await confirmRestorable(clients, name, signal);
        tell(
          `${name} can be restored to any moment from ${earliest.toISOString()} to ${latest.toISOString()}.`,
        );
        return { kind: "last state", table: name };
      }
      case "none":
        return { kind: "none", table: name };
    }
  }

  private save(): void {
    const checkpoint: Checkpoint = { startedAt: this.startedAt.toISOString(), waysBack: this.known };
    this.state.save(checkpoint);
  }
}

const describeBackup = ({ table, arn, at, wasThere }: CreatedBackup): string =>
  `${table} is backed up as of ${at.toISOString()}${wasThere ? ", by the run before" : ""}: ${arn}`;

/** The last state of a table that is deleted: AWS writes it down by itself, where it had point-in-time recovery. */
export async function findLastState(
  { clients, signal }: Pick<RollbackContext, "clients" | "signal">,
  table: string,
): Promise<WayBack> {
  const backups = await listBackups(clients, { TableName: table, BackupType: "SYSTEM" }, signal);
  const [newest] = [...backups].sort(
    (one, other) =>
      (other.BackupCreationDateTime?.getTime() ?? 0) - (one.BackupCreationDateTime?.getTime() ?? 0),
  );
  return { kind: "last state", table, ...(newest?.BackupArn && { arn: newest.BackupArn }) };
}
