import { paginateScan, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CouldNotTell, reasonOf } from "../errors";
import { jsonLine } from "./json-line";
import { checkAccess } from "./source";

/** Where lines go. A write is waited for: a slow disk or reader slows the scan, and memory stays flat. */
export type Write = (text: string) => Promise<unknown>;

export interface Counts {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Writes every item of a table as a JSON line, page by page of at most 1 MB, read consistently.
 *
 * @throws CouldNotTell when a page cannot be read.
 */
export async function writeItems(
  client: DynamoDBClient,
  table: string,
  write: Write,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (counts: Counts) => void },
): Promise<Counts> {
  let counts: Counts = { items: 0, bytes: 0 };
  const pages = paginateScan({ client }, { TableName: table, ConsistentRead: true }, { abortSignal: signal });
  for (;;) {
    const page = await pages.next().catch((error: unknown) => {
      signal.throwIfAborted();
      throw new CouldNotTell(`${table} cannot be read to its end: ${reasonOf(error)}. ${checkAccess}`);
    });
    if (page.done === true) return counts;
    const items = page.value.Items ?? [];
    const text = items.map(jsonLine).join("");
    if (text !== "") await write(text);
    counts = { items: counts.items + items.length, bytes: counts.bytes + Buffer.byteLength(text) };
    onProgress(counts);
    signal.throwIfAborted();
  }
}
