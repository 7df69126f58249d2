/** Reading brands: one, those of a status, and how many there are of each. */

import { QueryCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { brandProcessingStatus as spec } from "../../tables/brand-processing-status";
import { systemClock, type Clock } from "../shared/clock";
import { startDeadline, type MonotonicClock } from "../shared/deadline";
import { documentClient } from "../shared/document-client";
import type { Brand, BrandStatus } from "./model";
import { brandTable, isBrandId, readBrand, type BrandTable } from "./store";

export interface BrandsProps {
  /** Physical name of the table: `brand_processing_status_<env>`. */
  readonly tableName: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
  /** What the deadline of a count is told by. */
  readonly now?: MonotonicClock;
}

export interface BrandList {
  /** Oldest change first. */
  readonly brands: readonly Brand[];
  /** Whether there may be others. */
  readonly more: boolean;
}

export interface BrandCount {
  readonly count: number;
  /** False when there are more than were counted: the bound or the deadline was reached. */
  readonly exact: boolean;
}

/** Brands of one list. */
export const mostListed = 100;

/** Pages that a list may take: DynamoDB ends one after 1 MB, and brands without a usable number are left out. */
const mostListPages = 10;

/**
 * Pages of 1 MB that one status is counted through: some 100,000 brands without metadata, and 6,400 read units
 * (AWS: Query, eventually consistent).
 */
export const mostCountPages = 50;

const indexName = "status-index" satisfies keyof typeof spec.indexes;
const { partitionKey, sortKey } = spec.indexes[indexName];

/** Restricts a list to times of the last change, as they are stored. */
export type Changed = { readonly before: string } | { readonly after: string };

/** Where a brand stands in the list of its status. */
export type ListPlace = Pick<Brand, "brandid" | "updated_at">;

type Key = Record<string, unknown>;

/** DynamoDB refuses a query that starts outside its own condition; it sorts texts by their bytes. */
function isWithin(time: string, changed: Changed | undefined): boolean {
  if (changed === undefined) return true;
  const compared = (bound: string) => Buffer.compare(Buffer.from(time), Buffer.from(bound));
  return "before" in changed ? compared(changed.before) < 0 : compared(changed.after) > 0;
}

/**
 * The index follows the table within moments: what is decided from a list is decided again on the brand itself.
 *
 * @example
 * const brands = new Brands({ tableName: "brand_processing_status_dev" });
 * const { brands: waiting, more } = await brands.list("unprocessed", 25);
 */
export class Brands {
  private readonly client: DynamoDBDocumentClient;
  private readonly tableName: string;
  private readonly table: BrandTable;
  private readonly now: MonotonicClock | undefined;

  constructor({ tableName, client = documentClient(), clock = systemClock, now }: BrandsProps) {
    this.client = client;
    this.tableName = tableName;
    this.table = brandTable({ client, name: tableName, clock });
    this.now = now;
  }

  /** The brand, if there is one of that number. */
  async find(brandid: number): Promise<Brand | undefined> {
    return isBrandId(brandid) ? this.table.find(brandid) : undefined;
  }

  /**
   * Brands of a status, oldest change first.
   *
   * @param limit from 1 to 100.
   * @param behind the last brand of the list before, which this one goes on behind while it is within the times.
   */
  async list(status: BrandStatus, limit: number, changed?: Changed, behind?: ListPlace): Promise<BrandList> {
    const wanted = Math.min(Math.max(Math.trunc(limit), 1), mostListed);
    const found: Brand[] = [];
    let from: Key | undefined =
      behind && isWithin(behind.updated_at, changed) ? { status, ...behind } : undefined;
    for (let page = 0; page < mostListPages; page += 1) {
      const { Items = [], LastEvaluatedKey } = await this.query(status, changed, {
        ExclusiveStartKey: from,
        Limit: wanted + 1 - found.length,
      });
      found.push(...Items.filter(({ brandid }) => isBrandId(brandid)).map(readBrand));
      from = LastEvaluatedKey;
      if (from === undefined || found.length > wanted) break;
    }
    return { brands: found.slice(0, wanted), more: found.length > wanted || from !== undefined };
  }

  /** How many brands have a status, as far as the bound and the deadline of five seconds allow. */
  async count(status: BrandStatus): Promise<BrandCount> {
    const isOver = startDeadline(this.now);
    let count = 0;
    let from: Key | undefined;
    for (let page = 0; page < mostCountPages && (page === 0 || !isOver()); page += 1) {
      const { Count = 0, LastEvaluatedKey } = await this.query(status, undefined, {
        ExclusiveStartKey: from,
        Select: "COUNT",
      });
      count += Count;
      from = LastEvaluatedKey;
      if (from === undefined) return { count, exact: true };
    }
    return { count, exact: false };
  }

  private query(
    status: BrandStatus,
    changed: Changed | undefined,
    page: { ExclusiveStartKey: Key | undefined; Limit?: number; Select?: "COUNT" },
  ) {
    const bound = changed && ("before" in changed ? ["<", changed.before] : [">", changed.after]);
    return this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: indexName,
        KeyConditionExpression: `#status = :status${bound ? ` AND #time ${bound[0] ?? ""} :time` : ""}`,
        ExpressionAttributeNames: { "#status": partitionKey, ...(bound && { "#time": sortKey }) },
        ExpressionAttributeValues: { ":status": status, ...(bound && { ":time": bound[1] }) },
        ...page,
      }),
    );
  }
}
