/** Reading and writing many profiles, within the pace that the table allows. */

import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBServiceException,
  ScanCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { isThrottled } from "../../../functions/shared/document-client";
import { isPassing } from "../../../functions/shared/outage";
import type { Timer } from "../../../functions/shared/timer";
import { CouldNotTell, describeError, reasonOf } from "../errors";
import type { Consumption, Pace } from "./pace";
import type { Item } from "./same-item";

export interface ProfilesTableProps {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly writes: Pace;
  readonly reads: Pace;
  readonly timer: Timer;
  readonly signal: AbortSignal;
}

/** By what the table itself is called among the targets of a pace; indexes have their names. */
export const tableTarget = "";

export interface Page {
  readonly items: readonly Item[];
  readonly next: Item | undefined;
}

/** The table refuses what is sent, not the call's time or place: sending it again changes nothing. */
class NotValid extends CouldNotTell {}

/** Tries in a row that stored or read nothing, with pauses of up to 10 seconds: about half a minute. */
const fruitlessTries = 10;
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 10_000;

export const writeUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
/** Of a consistent read. */
export const readUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));

export class ProfilesTable {
  /** Units of the table itself that were consumed so far. */
  readonly consumed = { write: 0, read: 0 };
  /** Items of the last scanned page, and what they have taken. */
  private scanned = { items: 1, units: 1 };

  constructor(private readonly props: ProfilesTableProps) {}

  /**
   * Stores up to 25 items of different keys. Where DynamoDB refuses a batch for what it holds, each item is sent
   * alone.
   *
   * @param units what each is expected to consume, in the same order.
   * @returns ids of the items that it refuses for what they hold.
   * @throws CouldNotTell when the table stays throttled or out of reach, or refuses whatever is sent.
   */
  async write(items: readonly Item[], units: readonly number[]): Promise<readonly string[]> {
    try {
      await this.writeAll(items, units);
      return [];
    } catch (error) {
      if (!(error instanceof NotValid)) throw error;
    }
    if (items.length === 1) return items.map(({ id }) => id?.S ?? "");
    const refused: string[] = [];
    for (const [index, item] of items.entries())
      refused.push(...(await this.write([item], [units[index] ?? 1])));
    return refused;
  }

  private async writeAll(items: readonly Item[], units: readonly number[]): Promise<void> {
    const { client, name } = this.props;
    const expected = new Map(items.map((item, index) => [item["id"]?.S, units[index] ?? 1]));
    await this.untilDone(items, "write", {
      unitsOf: (left) => left.reduce((sum, { id }) => sum + (expected.get(id?.S) ?? 1), 0),
      send: async (left) => {
        const requests = left.map((Item) => ({ PutRequest: { Item } }));
        const { UnprocessedItems, ConsumedCapacity } = await client.send(
          new BatchWriteItemCommand({
            RequestItems: { [name]: requests },
            ReturnConsumedCapacity: "INDEXES",
          }),
        );
        const unprocessed = (UnprocessedItems?.[name] ?? []).flatMap(({ PutRequest }) =>
          PutRequest?.Item === undefined ? [] : [PutRequest.Item],
        );
        return { left: unprocessed, consumed: ConsumedCapacity?.[0] };
      },
    });
  }

  /**
   * The items of up to 100 different ids, as they are now; what is not there is left out.
   *
   * @throws CouldNotTell when the table stays throttled or out of reach, or refuses.
   */
  async read(ids: readonly string[], units: number): Promise<ReadonlyMap<string, Item>> {
    const { client, name } = this.props;
    const found = new Map<string, Item>();
    await this.untilDone(ids, "read", {
      unitsOf: (left) => (units * left.length) / ids.length,
      send: async (left) => {
        const keys = { Keys: left.map((id) => ({ id: { S: id } })), ConsistentRead: true };
        const { Responses, UnprocessedKeys, ConsumedCapacity } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [name]: keys }, ReturnConsumedCapacity: "TOTAL" }),
        );
        for (const item of Responses?.[name] ?? []) found.set(item["id"]?.S ?? "", item);
        const missed = (UnprocessedKeys?.[name]?.Keys ?? []).flatMap(({ id }) => id?.S ?? []);
        return { left: missed, consumed: ConsumedCapacity?.[0] };
      },
    });
    return found;
  }

  /**
   * A page of all items, behind the last one's key: about as many as a second's units read.
   *
   * @throws CouldNotTell when the table stays throttled or out of reach, or refuses.
   */
  async page(after: Item | undefined): Promise<Page> {
    const { client, name, reads } = this.props;
    const each = this.scanned.units / this.scanned.items;
    const limit = Math.max(1, Math.min(1_000, Math.floor(reads.unitsPerSecond / each)));
    let page: Page = { items: [], next: undefined };
    await this.untilDone(["page"], "read", {
      unitsOf: () => limit * each,
      send: async () => {
        const { Items, LastEvaluatedKey, ConsumedCapacity } = await client.send(
          new ScanCommand({
            TableName: name,
            ConsistentRead: true,
            Limit: limit,
            ExclusiveStartKey: after,
            ReturnConsumedCapacity: "TOTAL",
          }),
        );
        page = { items: Items ?? [], next: LastEvaluatedKey };
        if (page.items.length > 0) {
          this.scanned = { items: page.items.length, units: ConsumedCapacity?.CapacityUnits ?? limit * each };
        }
        return { left: [], consumed: ConsumedCapacity };
      },
    });
    return page;
  }

  private async untilDone<T>(
    all: readonly T[],
    direction: "read" | "write",
    { unitsOf, send }: Call<T>,
  ): Promise<void> {
    const { signal, timer } = this.props;
    const pace = this.props[`${direction}s`];
    let left = all;
    for (let fruitless = 0; left.length > 0;) {
      const units = unitsOf(left);
      await pace.take(units, signal);
      const outcome = await this.sendOnce(left, send);
      const consumed = consumptionOf(outcome.consumed, units);
      pace.settle(units, consumed);
      this.consumed[direction] += consumed.get(tableTarget) ?? 0;
      fruitless = outcome.left.length < left.length ? 0 : fruitless + 1;
      left = outcome.left;
      if (fruitless === fruitlessTries) throw this.failed(outcome.reason ?? "it is throttled, and stays so");
      if (left.length > 0) await timer.sleep(pauseAfter(fruitless), signal);
    }
  }

  /** What was throttled as a whole is as if nothing of it was processed; so is what got no answer. */
  private async sendOnce<T>(left: readonly T[], send: Call<T>["send"]): Promise<Outcome<T>> {
    try {
      return await send(left);
    } catch (error) {
      if (isThrottled(error)) return { left, consumed: { CapacityUnits: 0, Table: { CapacityUnits: 0 } } };
      // It may have been done, and its units taken. Doing it once more changes nothing.
      if (isPassing(error)) {
        return { left, consumed: undefined, reason: `${reasonOf(error)}, and it stays so` };
      }
      const { message } = this.failed(describeAwsError(error));
      throw isNotValid(error) ? new NotValid(message) : new CouldNotTell(message);
    }
  }

  private failed(reason: string): CouldNotTell {
    return new CouldNotTell(
      `The table ${this.props.name} does not go on: ${reason}. Run the same command again to go on from here.`,
    );
  }
}

interface Outcome<T> {
  readonly left: readonly T[];
  readonly consumed: ConsumedCapacity | undefined;
  /** Why nothing was processed, where it is not for throttling. */
  readonly reason?: string;
}

interface Call<T> {
  readonly unitsOf: (left: readonly T[]) => number;
  readonly send: (left: readonly T[]) => Promise<Outcome<T>>;
}

/** Where AWS does not say what was consumed, it was what was expected. */
function consumptionOf(capacity: ConsumedCapacity | undefined, expected: number): Consumption {
  const table = capacity?.Table?.CapacityUnits ?? capacity?.CapacityUnits ?? expected;
  const indexes = Object.entries(capacity?.GlobalSecondaryIndexes ?? {});
  return new Map([
    [tableTarget, table],
    ...indexes.map(([name, { CapacityUnits }]) => [name, CapacityUnits ?? 0] as const),
  ]);
}

/** Full jitter (AWS: "Error retries and exponential backoff"). */
const pauseAfter = (fruitless: number): number =>
  Math.random() * Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** fruitless);

const isNotValid = (error: unknown): error is DynamoDBServiceException =>
  error instanceof DynamoDBServiceException && error.name === "ValidationException";

/** A validation's message may hold what was sent. */
const describeAwsError = (error: unknown): string =>
  isNotValid(error)
    ? `${error.name} (request ${error.$metadata.requestId ?? "unknown"})`
    : describeError(error);
