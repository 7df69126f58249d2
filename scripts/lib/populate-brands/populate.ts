/** A population with its progress, and its proof. */

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { BrandSource } from "../../../functions/brand-processing/brand-row";
import {
  Population,
  type PopulationCounts,
  type Verification,
} from "../../../functions/brand-processing/population";
import {
  PopulationTable,
  type PopulationTableProps,
} from "../../../functions/brand-processing/population-table";
import { systemClock } from "../../../functions/shared/clock";
import { documentClient } from "../../../functions/shared/document-client";
import type { Timer } from "../../../functions/shared/timer";
import { count, Progress } from "../progress";

export interface PopulateProps {
  readonly table: PopulationTable;
  readonly source: BrandSource;
  readonly signal: AbortSignal;
  readonly limit?: number | undefined;
  readonly dryRun: boolean;
  readonly timer: Timer;
  readonly messages: NodeJS.WriteStream;
}

export interface Populated {
  readonly counts: PopulationCounts;
  /** Absent after a dry run. */
  readonly verification?: Verification;
  readonly writeCalls: number;
  /** Rows that were read, compared and written. */
  readonly rowsPerSecond: number;
}

type TableProps = Omit<PopulationTableProps, "client" | "clock">;

export const openPopulationTable = (client: DynamoDBClient, props: TableProps): PopulationTable =>
  new PopulationTable({ ...props, client: documentClient(client), clock: systemClock });

/** @throws SourceError, Refusal, what AWS throws; the signal's reason, when running writes have ended. */
export async function populate(props: PopulateProps): Promise<Populated> {
  const { table, source, signal, limit, dryRun, timer, messages } = props;
  const writing = new Progress(dryRun ? "comparing" : "writing", messages);
  const started = timer.now();
  const population = new Population({
    source,
    table,
    signal,
    dryRun,
    ...(limit !== undefined && { limit }),
    onProgress: ({ rows, added, refreshed }) =>
      writing.update({
        items: rows,
        ...fractionOf(source, rows, limit),
        notes: [`${count(added)} new`, `${count(refreshed)} refreshed`],
      }),
  });
  const counts = await population.write().finally(() => writing.end());
  const seconds = Math.max(0.001, (timer.now() - started) / 1000);
  const done = { counts, writeCalls: table.writeCalls, rowsPerSecond: Math.round(counts.rows / seconds) };
  if (dryRun) return done;

  const verifying = new Progress("verifying", messages);
  const all = counts.added + counts.refreshed + counts.unchanged;
  const verification = await population
    .verify((verified) =>
      verifying.update({ items: verified, fraction: all === 0 ? 1 : Math.min(1, verified / all) }),
    )
    .finally(() => verifying.end());
  return { ...done, verification };
}

/** Nobody knows how many rows a result of Athena has, before it is read. */
function fractionOf(source: BrandSource, rows: number, limit: number | undefined) {
  const read = source.fraction?.();
  if (limit === undefined) return read === undefined ? {} : { fraction: read };
  return { fraction: Math.min(1, Math.max(rows / limit, read ?? 0)) };
}
