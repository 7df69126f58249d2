/** The brands that Athena lists (document 000): brands_to_check, with name and sector of brand. */

import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type AthenaClient,
  type GetQueryResultsOutput,
  type QueryExecution,
  type Row,
} from "@aws-sdk/client-athena";
import { boundedText } from "../shared/bounded-text";
import { untilAnswered, type Patience } from "../shared/try-again";
import { brandColumns, SourceError, type BrandSource, type SourceRow } from "./brand-row";

export interface AthenaSettings {
  readonly database: string;
  readonly workgroup: string;
  /** s3://bucket/prefix/ where Athena keeps results; a workgroup that enforces its own takes that one. */
  readonly output: string;
}

/**
 * Ids are compared and given as text, whatever types the two tables have, and judged where they are read. Where
 * `brand` has several rows of an id, it is one that has a name and, among those, a sector; then the first in
 * the order of the texts.
 */
export const brandsQuery = `
SELECT listed.brandid AS brandid, named.brandname AS brandname, named.sector AS sector
FROM (SELECT DISTINCT CAST(brandid AS varchar) AS brandid FROM brands_to_check) AS listed
LEFT JOIN (
  SELECT brandid, brandname, sector, row_number() OVER (
    PARTITION BY brandid
    ORDER BY nullif(trim(brandname), '') IS NULL, nullif(trim(sector), '') IS NULL, brandname, sector
  ) AS choice
  FROM (
    SELECT CAST(brandid AS varchar) AS brandid, CAST(brandname AS varchar) AS brandname,
      CAST(sector AS varchar) AS sector
    FROM brand
  ) AS texts
) AS named ON named.brandid = listed.brandid AND named.choice = 1
ORDER BY try_cast(listed.brandid AS bigint) NULLS LAST, listed.brandid`.trim();

/** The query has not come to a result; the message has Athena's reason, bounded, which may quote data. */
export class QueryFailed extends Error {
  override readonly name = "QueryFailed";

  constructor(
    /** The execution's id. */
    readonly query: string,
    readonly state: "FAILED" | "CANCELLED",
    message: string,
  ) {
    super(message);
  }
}

/**
 * Starts the query.
 *
 * @param token of the same token there is one query, however often it is started (AWS: StartQueryExecution);
 * 32 to 128 characters.
 * @returns the execution's id, by which its result is to be had again.
 */
export async function startQuery(
  client: AthenaClient,
  { database, workgroup, output }: AthenaSettings,
  token: string,
  patience: Patience,
): Promise<string> {
  const command = new StartQueryExecutionCommand({
    QueryString: brandsQuery,
    ClientRequestToken: token,
    QueryExecutionContext: { Database: database },
    WorkGroup: workgroup,
    ResultConfiguration: { OutputLocation: output },
  });
  const { QueryExecutionId: id } = await untilAnswered(() => client.send(command), patience);
  if (id === undefined) throw new SourceError("Athena started the query and gave no id of it. Try again.");
  return id;
}

export interface FollowOptions extends Patience {
  /** Whether the query is stopped when the signal is aborted. */
  readonly isOurs: boolean;
  /** Told before each pause. */
  readonly onWait: (execution: QueryExecution) => void;
}

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 5_000;
/** Half of what the Lambda keeps back for its end. */
export const longestStopMilliseconds = 10_000;

/**
 * Waits for the query's result.
 *
 * @throws QueryFailed when there will be none; the signal's reason.
 */
export async function followQuery(client: AthenaClient, id: string, options: FollowOptions): Promise<void> {
  const { signal, timer, isOurs, onWait } = options;
  try {
    for (let pause = firstPauseMilliseconds; ; pause = Math.min(longestPauseMilliseconds, 1.5 * pause)) {
      signal.throwIfAborted();
      const command = new GetQueryExecutionCommand({ QueryExecutionId: id });
      const { QueryExecution: execution = {} } = await untilAnswered(
        () => client.send(command, { abortSignal: signal }),
        options,
      );
      if (hasSucceeded(id, execution)) return;
      onWait(execution);
      await timer.sleep(pause, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    // It may have ended meanwhile; what it costs is charged either way.
    if (isOurs) await stopQuery(client, id);
    throw signal.reason;
  }
}

/** Tries to: who stops is about to end, and an Athena that hangs must not keep it. */
async function stopQuery(client: AthenaClient, id: string): Promise<void> {
  const command = new StopQueryExecutionCommand({ QueryExecutionId: id });
  const abortSignal = AbortSignal.timeout(longestStopMilliseconds);
  await client.send(command, { abortSignal }).catch(() => undefined);
}

/** @throws QueryFailed */
function hasSucceeded(id: string, { Status: status = {} }: QueryExecution): boolean {
  switch (status.State) {
    case "SUCCEEDED":
      return true;
    case "QUEUED":
    case "RUNNING":
    case undefined:
      return false;
    case "FAILED": {
      const reason = status.StateChangeReason ?? status.AthenaError?.ErrorMessage ?? "no reason given";
      throw new QueryFailed(
        id,
        status.State,
        `Athena's query ${id} failed: ${boundedText(reason).replace(/\.$/, "")}. Put that right, then run it again.`,
      );
    }
    case "CANCELLED":
      throw new QueryFailed(
        id,
        status.State,
        `Athena's query ${id} was cancelled. Run it again for another one.`,
      );
  }
}

/** The result of a query that has succeeded, page by page; Athena keeps it, so it can be read again. */
export class AthenaSource implements BrandSource {
  readonly unit = "row";

  constructor(
    private readonly client: AthenaClient,
    private readonly id: string,
    private readonly timer: Patience["timer"],
  ) {}

  async *rows(signal: AbortSignal): AsyncGenerator<SourceRow> {
    let place = 0;
    let next: string | undefined;
    do {
      signal.throwIfAborted();
      // 1,000 is the most (AWS: GetQueryResults).
      const command = new GetQueryResultsCommand({
        QueryExecutionId: this.id,
        MaxResults: 1_000,
        NextToken: next,
      });
      const page = await this.page(command, signal);
      for (const row of page.ResultSet?.Rows ?? []) {
        if (place === 0) this.checkHeader(row);
        else yield { kind: "fields", place, fields: fieldsOf(row) };
        place += 1;
      }
      next = page.NextToken;
    } while (next !== undefined);
    if (place === 0) {
      throw new SourceError(`The result of ${this.id} is empty: not even a header. Run the query again.`);
    }
  }

  /** @throws the signal's reason at once, though Athena hangs: a page is had again. */
  private async page(command: GetQueryResultsCommand, signal: AbortSignal): Promise<GetQueryResultsOutput> {
    try {
      const call = () => this.client.send(command, { abortSignal: signal });
      return await untilAnswered(call, { timer: this.timer, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  private checkHeader({ Data = [] }: Row): void {
    if (brandColumns.every((column, index) => Data[index]?.VarCharValue === column)) return;
    throw new SourceError(
      `The result of ${this.id} does not begin with the columns ${brandColumns.join(", ")}: it is not that of ` +
        "the brands' query. Leave the query's id out to run it.",
    );
  }
}

const fieldsOf = ({ Data: [brandid, brandname, sector] = [] }: Row) => ({
  brandid: brandid?.VarCharValue ?? null,
  brandname: brandname?.VarCharValue ?? null,
  sector: sector?.VarCharValue ?? null,
});
