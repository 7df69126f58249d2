import {
  BatchGetItemCommand,
  ResourceNotFoundException,
  ScanCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import type { TableSpec } from "../../../tables/table-spec";
import { describeError } from "../errors";

/**
 * Some items of a restored table, held against those of the live one: for people, to see whether the time is the
 * one that they meant. What was written since differs, rightly.
 */
export type Sample =
  | {
      readonly kind: "looked";
      readonly items: number;
      /** Absent when there is no live table to compare with. */
      readonly live?: { readonly same: number; readonly changed: number; readonly gone: number };
    }
  | { readonly kind: "not looked"; readonly reason: string };

/** A page of a scan, and one batch of reads: the most that BatchGetItem is sure to answer is 16 MB, 100 items. */
const sampleItems = 25;

type Item = Record<string, AttributeValue>;

/** @returns a reason in place of a sample when the items cannot be read. Never throws but when aborted. */
export async function sampleItemsOf(
  client: DynamoDBClient,
  spec: TableSpec,
  tables: { readonly restored: string; readonly live: string },
  abortSignal: AbortSignal,
): Promise<Sample> {
  try {
    const scan = new ScanCommand({ TableName: tables.restored, Limit: sampleItems, ConsistentRead: true });
    const { Items = [] } = await client.send(scan, { abortSignal });
    const looked = { kind: "looked", items: Items.length } as const;
    if (tables.live === tables.restored || Items.length === 0) return looked;
    const live = await readLive(client, spec, tables.live, Items, abortSignal);
    return live === undefined ? looked : { ...looked, live: compareItems(spec, Items, live) };
  } catch (error) {
    abortSignal.throwIfAborted();
    return { kind: "not looked", reason: describeError(error) };
  }
}

function keyOf(spec: TableSpec, item: Item): Item {
  const names = [spec.partitionKey, ...(spec.sortKey ? [spec.sortKey] : [])];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

async function readLive(
  client: DynamoDBClient,
  spec: TableSpec,
  table: string,
  items: readonly Item[],
  abortSignal: AbortSignal,
): Promise<readonly Item[] | undefined> {
  const Keys = items.map((item) => keyOf(spec, item));
  try {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
      { abortSignal },
    );
    // What a throttled table leaves out would pass for items that are gone.
    const isWhole = Object.keys(UnprocessedKeys ?? {}).length === 0;
    return isWhole ? (Responses?.[table] ?? []) : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function compareItems(spec: TableSpec, restored: readonly Item[], live: readonly Item[]) {
  const counts = { same: 0, changed: 0, gone: 0 };
  for (const item of restored) {
    const found = live.find((one) => isDeepStrictEqual(keyOf(spec, one), keyOf(spec, item)));
    if (found === undefined) counts.gone += 1;
    else if (isDeepStrictEqual(found, item)) counts.same += 1;
    else counts.changed += 1;
  }
  return counts;
}

export function describeSample(sample: Sample): string {
  if (sample.kind === "not looked") return `no sample of its items: ${sample.reason}`;
  const looked = `${sample.items} looked at`;
  if (sample.live === undefined) return looked;
  const { same, changed, gone } = sample.live;
  return `${looked}: in the live table ${same} are the same now, ${changed} changed, ${gone} gone`;
}
