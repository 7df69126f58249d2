/**
 * The table as a population uses it. Each write is conditional, and so a call of its own: BatchWriteItem takes no
 * conditions, and would put a brand's state back (docs/adr/0009).
 */

import { setMaxListeners } from "node:events";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  PutCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import { isoTime, type Clock } from "../shared/clock";
import { fruitlessTries, pause, untilAnswered, wait, type Patience } from "../shared/try-again";
import { nextVersion } from "../shared/versioned-table";
import { brandColumns, type SourceBrand } from "./brand-row";
import type { Brand } from "./model";

/** What is read of a brand; another program may have written anything. */
export interface KnownBrand {
  readonly brandid: number;
  readonly brandname?: unknown;
  readonly sector?: unknown;
  /** Moves with every change. */
  readonly updated_at?: unknown;
}

/** What a write came to: `lost` when the brand was no longer as it was read. */
export interface Written {
  readonly version: string;
  readonly lost: boolean;
}

export interface PopulationTableProps extends Patience {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  readonly clock: Clock;
  /** Write units that may be taken of the index; `unitsPerSecond` by default. */
  readonly mostUnitsPerSecond?: number;
}

/** BatchGetItem takes this many keys (AWS: "BatchGetItem"). */
export const mostKeys = 100;

/**
 * All new brands have one key of status-index, and one partition takes 1,000 units a second (AWS: "Best practices
 * for designing and using partition keys effectively"): four fifths of that, so that the agent and the workflow
 * find room. A refreshed brand takes two: its old entry goes, and the new one comes.
 */
export const unitsPerSecond = 800;
const unitsOf = { insert: 1, refresh: 2 } as const;
const mostListeners = 100;
/** Timers are not exact: who is not this far ahead need not wait. */
const aheadMilliseconds = 20;

export class PopulationTable {
  /** Calls that write, whatever came of them. */
  writeCalls = 0;
  /** From when on the next one may write. */
  private nextTurn = -Infinity;

  constructor(private readonly props: PopulationTableProps) {
    // All writes that are under way may wait at once: Node would take that for a leak.
    setMaxListeners(mostListeners, props.signal);
  }

  /**
   * The brands of up to 100 different ids, as they are now.
   *
   * @throws what DynamoDB throws when it stays throttled or out of reach; the signal's reason.
   */
  async find(ids: readonly number[]): Promise<ReadonlyMap<number, KnownBrand>> {
    const { client, name } = this.props;
    const found = new Map<number, KnownBrand>();
    let keys: Record<string, unknown>[] = ids.map((brandid) => ({ brandid }));
    for (let fruitless = 0; keys.length > 0;) {
      const request = { ...projection, Keys: keys, ConsistentRead: true };
      const command = new BatchGetCommand({ RequestItems: { [name]: request } });
      const { Responses, UnprocessedKeys } = await untilAnswered(() => client.send(command), this.props);
      for (const item of (Responses?.[name] ?? []) as KnownBrand[]) found.set(item.brandid, item);
      const left = UnprocessedKeys?.[name]?.Keys ?? [];
      fruitless = left.length < keys.length ? 0 : fruitless + 1;
      if (fruitless === fruitlessTries) throw stillThrottled();
      if (left.length > 0) await pause(fruitless, this.props);
      keys = left;
    }
    return found;
  }

  /** Writes a brand that was not there. */
  async insert(brand: SourceBrand): Promise<Written> {
    const version = isoTime(this.props.clock());
    const item: Brand = {
      ...brand,
      status: "unprocessed",
      created_at: version,
      updated_at: version,
      workflow_execution_arn: null,
      retry_count: 0,
      last_error: null,
    };
    const command = new PutCommand({
      TableName: this.props.name,
      Item: item,
      ConditionExpression: "attribute_not_exists(#brandid)",
      ExpressionAttributeNames: { "#brandid": "brandid" },
    });
    return { version, lost: !(await this.write("insert", () => this.props.client.send(command))) };
  }

  /** Gives a brand its name and sector anew, and nothing else. */
  async refresh({ brandid, updated_at: present }: KnownBrand, brand: SourceBrand): Promise<Written> {
    const version = nextVersion(present, this.props.clock());
    const isSame = present === undefined ? "attribute_not_exists(#version)" : "#version = :present";
    const command = new UpdateCommand({
      TableName: this.props.name,
      Key: { brandid },
      UpdateExpression: "SET #brandname = :brandname, #sector = :sector, #version = :version",
      ConditionExpression: `attribute_exists(#brandid) AND ${isSame}`,
      ExpressionAttributeNames: {
        "#brandid": "brandid",
        "#brandname": "brandname",
        "#sector": "sector",
        "#version": "updated_at",
      },
      ExpressionAttributeValues: {
        ":brandname": brand.brandname,
        ":sector": brand.sector,
        ":version": version,
        ...(present !== undefined && { ":present": present }),
      },
    });
    return { version, lost: !(await this.write("refresh", () => this.props.client.send(command))) };
  }

  private async write(kind: keyof typeof unitsOf, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await untilAnswered(async () => {
        await this.turn(unitsOf[kind]);
        this.writeCalls += 1;
        return send();
      }, this.props);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private async turn(units: number): Promise<void> {
    const { mostUnitsPerSecond = unitsPerSecond, timer } = this.props;
    const now = timer.now();
    const ahead = this.nextTurn - now;
    this.nextTurn = Math.max(now, this.nextTurn) + (1000 * units) / mostUnitsPerSecond;
    if (ahead >= aheadMilliseconds) await wait(ahead, this.props);
  }
}

const read = [...brandColumns, "updated_at"];
const projection = {
  ProjectionExpression: read.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(read.map((name) => [`#${name}`, name])),
};

/** By the name that DynamoDB itself gives it. */
const stillThrottled = () =>
  Object.assign(new Error("The table reads no keys: it is throttled, and stays so."), {
    name: "ProvisionedThroughputExceededException",
  });
