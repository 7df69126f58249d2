/** The Lambda that populates by schedule: what `npm run populate-brands` does, within its own time. */

import { AthenaClient } from "@aws-sdk/client-athena";
import type { Context } from "aws-lambda";
import { systemClock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { logger, logUnexpected } from "../shared/logger";
import { Refusal } from "../shared/refusal";
import { systemTimer as timer } from "../shared/timer";
import { requiredVariable } from "../shared/variables";
import { AthenaSource, followQuery, QueryFailed, startQuery } from "./athena-source";
import { SourceError } from "./brand-row";
import { Population, type PopulationCounts } from "./population";
import { PopulationTable } from "./population-table";

const name = requiredVariable("BRAND_TABLE_NAME");
const settings = {
  database: requiredVariable("ATHENA_DATABASE"),
  workgroup: requiredVariable("ATHENA_WORKGROUP"),
  output: requiredVariable("ATHENA_OUTPUT_LOCATION"),
};

const dynamodb = documentClient();
const athena = new AthenaClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

/** Kept back from the function's time: running writes end, a query is stopped, the counts are logged. */
export const reservedMilliseconds = 20_000;

export interface PopulateAnswer {
  /** An unfinished population is gone on with by the next run: what is done it finds done. */
  readonly outcome: "complete" | "unfinished";
  /** The query's, where there is one: its result can be read again. */
  readonly query?: string;
  readonly rows: number;
  readonly added: number;
  readonly refreshed: number;
  readonly unchanged: number;
  readonly missing: number;
  readonly repeated: number;
  readonly rejected: number;
  readonly withoutSector: number;
  readonly writeCalls: number;
  /** Absent until everything is written. */
  readonly verified?: number;
}

/**
 * Repeats of one event are of one query: Lambda repeats them with the request id that they had.
 *
 * @throws Error when the query or the population fails; it says where to look, and quotes nothing.
 */
export async function handler(_event: unknown, context: Context): Promise<PopulateAnswer> {
  const { awsRequestId: requestId } = context;
  const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reservedMilliseconds));
  const patience = { timer, signal };
  const table = new PopulationTable({ client: dynamodb, name, clock: systemClock, ...patience });
  let query: string | undefined;
  let population: Population | undefined;
  const answer = (outcome: PopulateAnswer["outcome"], verified?: number): PopulateAnswer => ({
    outcome,
    ...(query !== undefined && { query }),
    ...numbersOf(population?.counts),
    writeCalls: table.writeCalls,
    ...(verified !== undefined && { verified }),
  });
  try {
    query = await startQuery(athena, settings, `populate-${requestId}`, patience);
    await followQuery(athena, query, { ...patience, isOurs: true, onWait: () => undefined });
    population = new Population({ source: new AthenaSource(athena, query, timer), table, signal });
    await population.write();
    const { verified, different } = await population.verify();
    const complete = answer("complete", verified);
    logger.info("Populated", { ...complete, different });
    if (different === 0) return complete;
    throw new PopulationFailed(`${different} brands are not stored as Athena has them. Run it again.`);
  } catch (error) {
    if (!signal.aborted) throw described(error, requestId);
    const unfinished = answer("unfinished");
    logger.warn("Unfinished: the next run goes on", { ...unfinished });
    return unfinished;
  }
}

/** Counts and no ids. */
const numbersOf = (counts: PopulationCounts | undefined) => ({
  rows: counts?.rows ?? 0,
  added: counts?.added ?? 0,
  refreshed: counts?.refreshed ?? 0,
  unchanged: counts?.unchanged ?? 0,
  missing: counts?.missing.length ?? 0,
  repeated: counts?.repeated ?? 0,
  rejected: counts?.rejected ?? 0,
  withoutSector: counts?.withoutSector ?? 0,
});

class PopulationFailed extends Error {
  override readonly name = "PopulationFailed";
}

/** What Lambda logs of an error is its message: Athena's reason and the SDK's own texts may quote data. */
function described(error: unknown, requestId: string): Error {
  if (error instanceof PopulationFailed || error instanceof SourceError || error instanceof Refusal)
    return error;
  if (error instanceof QueryFailed) {
    const { state, query } = error;
    return new PopulationFailed(`Athena's query ${query} ended ${state}: its reason is in Athena's console.`);
  }
  logUnexpected(error, { during: "population", requestId });
  return new PopulationFailed(
    "The population failed. The function's log has the cause; the next run goes on.",
  );
}
