import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { designAnalysisTracking as spec } from "../../tables/design-analysis-tracking";
import { VersionedTable, type VersionedTableProps } from "../shared/versioned-table";
import type { AnalysisRequest, Status } from "./model";

export type RequestTableProps = Omit<VersionedTableProps, "spec" | "version">;

/** Analysis requests as they are stored. */
export const requestTable = (props: RequestTableProps): VersionedTable<AnalysisRequest> =>
  new VersionedTable<AnalysisRequest>({ ...props, spec, version: "updated_at" });

/** What the index holds of a request. */
export type RequestSummary = Pick<
  AnalysisRequest,
  "request_id" | "research_data" | "created_at" | "updated_at" | "overall_status"
>;

/**
 * Where a page ended: the time of its last request, and every request of that time that has been shown. The
 * same for all statuses, so that one that changes its status between two pages is neither missed nor repeated.
 */
export interface Position {
  readonly time: string;
  readonly shown: readonly string[];
}

export interface Page {
  readonly requests: readonly RequestSummary[];
  /** Absent on the last page. */
  readonly next?: Position;
}

const indexName = "overall_status-created_at-index" satisfies keyof typeof spec.indexes;
const index = spec.indexes[indexName];

/** Requests of some statuses, newest first: one query of the index for each, merged. */
export async function newestRequests(
  { client, name }: RequestTableProps,
  { statuses, limit, from }: { statuses: readonly Status[]; limit: number; from?: Position | undefined },
): Promise<Page> {
  const wanted = limit + 1;
  const query = async (status: Status): Promise<readonly RequestSummary[]> => {
    const found: RequestSummary[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: indexName,
          KeyConditionExpression: from ? "#status = :status AND #time <= :time" : "#status = :status",
          ExpressionAttributeNames: {
            "#status": index.partitionKey,
            ...(from && { "#time": index.sortKey ?? "" }),
          },
          ExpressionAttributeValues: { ":status": status, ...(from && { ":time": from.time }) },
          ScanIndexForward: false,
          Limit: wanted + (from?.shown.length ?? 0),
          ExclusiveStartKey: start,
        }),
      );
      const unseen = (Items as RequestSummary[]).filter(
        ({ request_id }) => !from?.shown.includes(request_id),
      );
      found.push(...unseen);
      start = LastEvaluatedKey;
    } while (start !== undefined && found.length < wanted);
    return found;
  };

  const candidates = (await Promise.all(statuses.map(query))).flat().sort(newestFirst);
  const requests = candidates.slice(0, limit);
  const last = requests.at(-1);
  if (last === undefined || candidates.length <= limit) return { requests };
  const shownBefore = from?.time === last.created_at ? from.shown : [];
  const shownNow = requests.filter(({ created_at }) => created_at === last.created_at);
  return {
    requests,
    next: {
      time: last.created_at,
      shown: [...shownBefore, ...shownNow.map(({ request_id }) => request_id)],
    },
  };
}

const newestFirst = (one: RequestSummary, other: RequestSummary): number =>
  compare(other.created_at, one.created_at) || compare(one.request_id, other.request_id);

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
