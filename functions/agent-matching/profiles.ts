/** The table of profiles. */

import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { agentProfiles as spec } from "../../tables/agent-profiles";
import { exactNumber } from "../shared/decimal";
import { isThrottled } from "../shared/document-client";
import { startDeadline, type MonotonicClock } from "../shared/deadline";
import type { Profile } from "./model";
import { BestMatches, comparePositions, judgeBy, type Criteria, type Match, type Position } from "./ranking";
import { readInStep, type ReadPage, type Source } from "./read-in-step";
import {
  itemOf,
  readProfile,
  readSummary,
  summaryAttributes,
  type ProfileSummary,
  type StoredProfile,
} from "./stored-profile";

export interface ProfileTableProps {
  /** Reads numbers by `exactNumber`. */
  readonly client: DynamoDBDocumentClient;
  /** Physical name. */
  readonly name: string;
  /** What the deadline of a match is told by. */
  readonly now?: MonotonicClock;
}

export interface Stored {
  /** Whether there was none of that id. */
  readonly isNew: boolean;
  readonly profile: StoredProfile;
}

export interface ProfilePage {
  readonly profiles: readonly ProfileSummary[];
  /** Id behind which the next page begins; absent on the last page. */
  readonly next?: string | undefined;
}

export interface MatchPage {
  readonly matches: readonly Match[];
  /** False when profiles were left unread: the bound or the deadline was reached, or the table was busy. */
  readonly isComplete: boolean;
  /** Where the next page goes on; absent on the last one. */
  readonly next?: Position | undefined;
}

export interface MatchRequest {
  readonly criteria: Criteria;
  readonly limit: number;
  /** Where the page before ended. */
  readonly from?: Position | undefined;
  /** Pages that may be read of the table, or of each index. */
  readonly mostPages?: number;
}

/**
 * Pages that one match reads at most of the table, or of an index. A page is 1 MB, which is 128 read units (AWS:
 * Query, Scan), so that is 1,536 units; 2,000 profiles of 2 KB are 4 MB, and always covered. With both job and city
 * two indexes are read, each with a short page for a form of the key before: 28 pages and 3,584 units at most.
 */
export const mostMatchPages = 12;

/** Parts of the table that are read at once where no index helps. */
const scanSegments = 4;

const indexes = {
  job: "job-index",
  city: "location-index",
} as const satisfies Record<string, keyof typeof spec.indexes>;

const projection = {
  ProjectionExpression: summaryAttributes.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(summaryAttributes.map((name) => [`#${name}`, name])),
};

export class ProfileTable {
  constructor(private readonly props: ProfileTableProps) {}

  /**
   * Stores a profile in place of the one of its id. The same content again is not written: the profile keeps
   * the time at which it was stored first.
   */
  async store(profile: Profile): Promise<Stored> {
    const { client, name } = this.props;
    const { id, timestamp, ...content } = itemOf(profile);
    const names = Object.keys(content);
    try {
      const { Attributes } = await client.send(
        new PutCommand({
          TableName: name,
          Item: { id, timestamp, ...content },
          // Holds without an item, too.
          ConditionExpression: `NOT (${names.map((each) => `#${each} = :${each}`).join(" AND ")})`,
          ExpressionAttributeNames: Object.fromEntries(names.map((each) => [`#${each}`, each])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(content).map(([each, value]) => [`:${each}`, value]),
          ),
          ReturnValues: "ALL_OLD",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { isNew: Attributes === undefined, profile };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      const present = unmarshall(error.Item, { wrapNumbers: exactNumber });
      return { isNew: false, profile: readProfile(present) };
    }
  }

  /** An ordinary read; one that finds nothing is repeated as a consistent one. */
  async find(id: string): Promise<StoredProfile | undefined> {
    return (await this.read(id, false)) ?? (await this.read(id, true));
  }

  /** Some profiles, in the table's own order. */
  async page(limit: number, from?: string): Promise<ProfilePage> {
    const { client, name } = this.props;
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: name,
        ...projection,
        Limit: limit + 1,
        ...(from !== undefined && { ExclusiveStartKey: { [spec.partitionKey]: from } }),
      }),
    );
    const profiles = Items.slice(0, limit).map(readSummary);
    const hasMore = Items.length > limit || LastEvaluatedKey !== undefined;
    // DynamoDB may end a page before its first item.
    return { profiles, ...(hasMore && { next: readSummary(profiles.at(-1) ?? LastEvaluatedKey ?? {}).id }) };
  }

  /**
   * The best matches after a position. Every page reads anew: what changes between two pages is neither
   * repeated nor skipped unless its own place in the order has changed.
   *
   * @throws what DynamoDB throws, throttling only when not one page could be read.
   */
  async match({ criteria, limit, from, mostPages = mostMatchPages }: MatchRequest): Promise<MatchPage> {
    const judge = judgeBy(criteria);
    const best = new BestMatches(limit + 1);
    const bound = { mostPages, isOver: startDeadline(this.props.now), isPassing: isThrottled };
    const isComplete = await readInStep(this.candidates(criteria), bound, (items) =>
      best.add(
        items
          .flatMap((item) => judge(readSummary(item)) ?? [])
          .filter(({ position }) => from === undefined || comparePositions(position, from) > 0),
      ),
    );
    const matches = best.inOrder.slice(0, limit);
    const hasMore = best.inOrder.length > limit;
    return { matches, isComplete, ...(hasMore && { next: matches.at(-1)?.position }) };
  }

  /** Where the profiles that may match are: each source has all of them. */
  private candidates({ job, city }: Criteria): readonly Source<object>[] {
    const byIndex = [
      ...(job === undefined ? [] : [job.map((form) => this.query(indexes.job, form))]),
      ...(city === undefined ? [] : [city.map((form) => this.query(indexes.city, form))]),
    ];
    return byIndex.length > 0 ? byIndex : [this.segments()];
  }

  private query(index: keyof typeof spec.indexes, value: string): ReadPage<object> {
    const { client, name } = this.props;
    return async ({ from, limit }) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: index,
          KeyConditionExpression: "#key = :value",
          ProjectionExpression: projection.ProjectionExpression,
          ExpressionAttributeNames: {
            ...projection.ExpressionAttributeNames,
            "#key": spec.indexes[index].partitionKey,
          },
          ExpressionAttributeValues: { ":value": value },
          ExclusiveStartKey: from,
          Limit: limit,
        }),
      );
      return { items: Items, next: LastEvaluatedKey };
    };
  }

  private segments(): Source<object> {
    const { client, name } = this.props;
    return Array.from({ length: scanSegments }, (_, segment): ReadPage<object> => async ({ from, limit }) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: name,
          ...projection,
          Segment: segment,
          TotalSegments: scanSegments,
          ExclusiveStartKey: from,
          Limit: limit,
        }),
      );
      return { items: Items, next: LastEvaluatedKey };
    });
  }

  private async read(id: string, consistent: boolean): Promise<StoredProfile | undefined> {
    const { client, name } = this.props;
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: { [spec.partitionKey]: id }, ConsistentRead: consistent }),
    );
    return Item === undefined ? undefined : readProfile(Item);
  }
}
