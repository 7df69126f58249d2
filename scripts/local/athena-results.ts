/** What the local Athena answers: rows that were queued, since nothing runs the query. */

import { CouldNotTell } from "../lib/errors";

/** A row of texts; null is NULL. The first one of a result is its header. */
export type AthenaRow = readonly (string | null)[];

/**
 * Makes rows the result of the next query, and of those after it, until others are queued.
 *
 * @param endpoint the local AWS's.
 * @throws CouldNotTell when it does not take them.
 */
export async function queueAthenaResults(endpoint: string, rows: readonly AthenaRow[]): Promise<void> {
  const result = {
    rows: rows.map((row) => ({ Data: row.map((text) => (text === null ? {} : { VarCharValue: text })) })),
    column_info: (rows[0] ?? []).map((name) => ({ Name: name, Label: name, Type: "varchar" })),
  };
  const response = await fetch(`${endpoint}/moto-api/static/athena/query-results`, {
    method: "POST",
    body: JSON.stringify({ results: [result] }),
  });
  if (!response.ok) {
    throw new CouldNotTell(`The local Athena takes no results: HTTP ${response.status}. Is moto behind it?`);
  }
}
