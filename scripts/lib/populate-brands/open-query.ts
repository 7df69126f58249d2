/** Gets to a result of the brands' query: a new one, an interrupted run's, or one that is named. */

import { InvalidRequestException, type AthenaClient, type QueryExecution } from "@aws-sdk/client-athena";
import {
  AthenaSource,
  followQuery,
  QueryFailed,
  startQuery,
  type AthenaSettings,
} from "../../../functions/brand-processing/athena-source";
import { SourceError } from "../../../functions/brand-processing/brand-row";
import type { Timer } from "../../../functions/shared/timer";
import { progressLine } from "../progress-line";
import type { QueryState } from "./query-state";

export interface OpenQueryProps {
  readonly client: AthenaClient;
  readonly signal: AbortSignal;
  readonly timer: Timer;
  readonly messages: NodeJS.WriteStream;
}

export interface OpenedQuery {
  readonly id: string;
  readonly source: AthenaSource;
}

/** @throws QueryFailed; the signal's reason; what Athena throws. */
export async function openNamedQuery(props: OpenQueryProps, id: string): Promise<OpenedQuery> {
  await follow(props, id, false);
  return { id, source: new AthenaSource(props.client, id, props.timer) };
}

/** @throws QueryFailed; the signal's reason, when the query has been stopped; what Athena throws. */
export async function openQuery(
  props: OpenQueryProps,
  settings: AthenaSettings,
  state: QueryState,
): Promise<OpenedQuery> {
  const { client, messages, signal, timer } = props;
  const interrupted = state.query;
  if (interrupted !== undefined) {
    try {
      await follow(props, interrupted, true);
      messages.write(`Going on with the query of the interrupted run, ${interrupted}.\n`);
      return { id: interrupted, source: new AthenaSource(client, interrupted, timer) };
    } catch (error) {
      if (signal.aborted || !isOfNoUse(error)) throw error;
    }
    state.forget();
  }
  state.save();
  const id = await startQuery(client, settings, state.token, { signal, timer });
  state.save(id);
  messages.write(`The query is ${id}: --query-execution ${id} reads its result again.\n`);
  try {
    await follow(props, id, true);
  } catch (error) {
    // Stopped, or failed: of no use to another run.
    if (signal.aborted || error instanceof QueryFailed) state.forget();
    throw error;
  }
  return { id, source: new AthenaSource(client, id, timer) };
}

/**
 * Whether a query's result is not to be read again. Athena forgets a query after 45 days and its result when the
 * object is deleted, and says so as it refuses wrong ids; a result that holds no brands holds none the next time.
 */
export const isOfNoUse = (error: unknown): boolean =>
  error instanceof QueryFailed || error instanceof InvalidRequestException || error instanceof SourceError;

async function follow(
  { client, signal, timer, messages }: OpenQueryProps,
  id: string,
  isOurs: boolean,
): Promise<void> {
  const line = progressLine(messages);
  const started = timer.now();
  const onWait = (execution: QueryExecution) => {
    const seconds = Math.round((timer.now() - started) / 1000);
    line.show(`querying: ${execution.Status?.State ?? "QUEUED"}, ${seconds} s${scanned(execution)}`);
  };
  try {
    await followQuery(client, id, { signal, timer, isOurs, onWait });
  } finally {
    line.clear();
  }
}

function scanned({ Statistics }: QueryExecution): string {
  const { DataScannedInBytes: bytes } = Statistics ?? {};
  return bytes === undefined ? "" : `, ${(bytes / 1e6).toFixed(1)} MB scanned`;
}
