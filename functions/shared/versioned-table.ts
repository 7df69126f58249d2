/**
 * Items that several writers change at once. A change is decided on the item as it was read and written only
 * if it is still the same (AWS: "Optimistic locking with version number"); the version is the attribute that
 * says when the item last changed, which moves with every write.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { TableSpec } from "../../tables/table-spec";
import { isoTime, isTime, type Clock } from "./clock";
import { Refusal } from "./refusal";

export interface VersionedTableProps<Item> {
  readonly client: DynamoDBDocumentClient;
  /** Physical name. */
  readonly name: string;
  readonly spec: TableSpec;
  /** ISO time of the last change. An item that was never changed may lack it. */
  readonly version: string;
  readonly clock: Clock;
  /** The item of what is stored, whoever wrote it. */
  readonly read: (stored: object) => Item;
}

/** What a decision gives: the attributes to set, or nothing when the item shows the change already. */
export type Decision<Item> = Partial<Item> | undefined;

/** As many as the writers that can run at once (the functions' reserved concurrency): each time, one wins. */
const attempts = 20;
const longestPauseMilliseconds = 60;

/** @typeParam Id the partition key's value; tables of the other systems have text. */
export class VersionedTable<Item extends object, Id extends string | number = string> {
  constructor(private readonly props: VersionedTableProps<Item>) {}

  /**
   * The item, unless its time has come: TTL removes it days later. An ordinary read; one that finds nothing
   * is repeated as a consistent one, since the item may just have been written.
   */
  async find(id: Id): Promise<Item | undefined> {
    return (await this.read(id, false)) ?? (await this.read(id, true));
  }

  /** Stores an item, unless one is there already: then that one is given back. */
  async insert(item: Item): Promise<Item> {
    const { client, name, spec, clock } = this.props;
    const [partitionKey, ttl] = [spec.partitionKey, spec.timeToLive?.attribute];
    try {
      await client.send(
        new PutCommand({
          TableName: name,
          Item: item,
          ConditionExpression: `attribute_not_exists(#key)${ttl ? " OR #ttl <= :now" : ""}`,
          ExpressionAttributeNames: { "#key": partitionKey, ...(ttl && { "#ttl": ttl }) },
          ...(ttl && { ExpressionAttributeValues: { ":now": epoch(clock()) } }),
        }),
      );
      return item;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const present = await this.read(Reflect.get(item, partitionKey) as Id, true);
      // Gone between the two calls: the caller's next try finds the way free.
      return present ?? Promise.reject(lostRace());
    }
  }

  /**
   * Changes an item by a decision, which is made again when another writer came first.
   *
   * @param missing what to say when there is no such item.
   * @throws Refusal `not-found`; the decision's own; `contended` when other writers always came first.
   */
  async change(id: Id, missing: string, decide: (item: Item, now: Date) => Decision<Item>): Promise<Item> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const item = await this.read(id, true);
      if (item === undefined) throw new Refusal("not-found", missing);
      const now = this.props.clock();
      const changes = decide(item, now);
      if (changes === undefined) return item;
      const changed = await this.write(id, item, changes, now);
      if (changed !== undefined) return changed;
      await sleep(Math.random() * Math.min(longestPauseMilliseconds, 4 * attempt));
    }
    throw lostRace();
  }

  private async read(id: Id, consistent: boolean): Promise<Item | undefined> {
    const { client, name, spec, clock, read } = this.props;
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: { [spec.partitionKey]: id }, ConsistentRead: consistent }),
    );
    const expiresAt: unknown = Item?.[spec.timeToLive?.attribute ?? ""];
    const hasExpired = typeof expiresAt === "number" && expiresAt <= epoch(clock());
    return Item === undefined || hasExpired ? undefined : read(Item);
  }

  /** Gives nothing when the item is no longer the one that was read. */
  private async write(id: Id, item: Item, changes: Partial<Item>, now: Date): Promise<Item | undefined> {
    const { client, name, spec, version, read } = this.props;
    const present: unknown = Reflect.get(item, version);
    const values = { ...changes, [version]: nextVersion(present, now) };
    const names = Object.keys(values);
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: name,
          Key: { [spec.partitionKey]: id },
          UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(", ")}`,
          ConditionExpression:
            present === undefined
              ? "attribute_exists(#key) AND attribute_not_exists(#version)"
              : "#version = :present",
          ExpressionAttributeNames: {
            ...Object.fromEntries(names.map((attribute, index) => [`#n${index}`, attribute])),
            "#version": version,
            ...(present === undefined && { "#key": spec.partitionKey }),
          },
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.values(values).map((value, index) => [`:v${index}`, value])),
            ...(present !== undefined && { ":present": present }),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return read(Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

/** Later than the present version, also within one millisecond: no two states of an item share a version. */
export function nextVersion(present: unknown, now: Date): string {
  const last = isTime(present) ? Date.parse(present) : 0;
  return isoTime(now.getTime() > last || last >= lastTime ? now : new Date(last + 1));
}

/** Four digits of a year: later ones, which only another program writes, do not sort. */
const lastTime = Date.UTC(9999, 11, 31);

const epoch = (time: Date): number => Math.floor(time.getTime() / 1000);

const lostRace = () => new Refusal("contended", "Other writers changed it at the same time. Try again.");
