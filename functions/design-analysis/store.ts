import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { designAnalysisTracking as spec } from "../../tables/design-analysis-tracking";
import { storedText, storedTime } from "../shared/stored";
import { VersionedTable, type VersionedTableProps } from "../shared/versioned-table";
import { pendingStep, stepNames, type AnalysisRequest, type Status, type Step, type StepName } from "./model";

export type RequestTableProps = Omit<VersionedTableProps<AnalysisRequest>, "spec" | "version" | "read">;

/** Analysis requests as they are stored. */
export const requestTable = (props: RequestTableProps): VersionedTable<AnalysisRequest> =>
  new VersionedTable<AnalysisRequest>({ ...props, spec, version: "updated_at", read: readRequest });

const running = { message: storedText, started_at: storedTime };
const step = v.variant("status", [
  v.looseObject({ status: v.literal("processing"), ...running, completed_at: v.fallback(v.null(), null) }),
  v.looseObject({ status: v.picklist(["completed", "failed"]), ...running, completed_at: storedTime }),
]);

const noSteps = v.fallback(v.record(v.string(), v.unknown()), {});
const result = v.fallback(v.looseObject({ result_data: storedText, steps_status: noSteps }), {
  result_data: "",
  steps_status: {},
});

/** Other programs write the table, too: a step that is not as document 004 has it counts as not reached. */
function readRequest(item: object): AnalysisRequest {
  const analysis_result = v.parse(result, Reflect.get(item, "analysis_result"));
  const steps = stepNames.map((name) => {
    const stored = v.safeParse(step, analysis_result.steps_status[name]);
    return [name, stored.success ? stored.output : pendingStep(name)] as const;
  });
  return {
    ...(item as AnalysisRequest),
    analysis_result: {
      ...analysis_result,
      steps_status: Object.fromEntries(steps) as Record<StepName, Step>,
    },
  };
}

/** What the index holds of a request. */
export type RequestSummary = Pick<
  AnalysisRequest,
  "request_id" | "research_data" | "created_at" | "updated_at" | "overall_status"
>;

/**
 * The last request that a page has shown. It is the same for all statuses, so that a request that changes its
 * status between two pages is neither missed nor repeated.
 */
export interface Position {
  readonly time: string;
  readonly id: string;
}

export interface Page {
  readonly requests: readonly RequestSummary[];
  /** Absent on the last page. */
  readonly next?: Position;
}

const indexName = "overall_status-created_at-index" satisfies keyof typeof spec.indexes;
const index = spec.indexes[indexName];

export interface ListRequest {
  readonly statuses: readonly Status[];
  readonly limit: number;
  /** Where the page before ended. */
  readonly from?: Position | undefined;
}

/**
 * Requests of some statuses, newest first: one query of the index for each, merged. A request that changes its
 * status while the queries run may be missing from the page.
 */
export async function newestRequests(
  table: RequestTableProps,
  { statuses, limit, from }: ListRequest,
): Promise<Page> {
  const found = await Promise.all(
    statuses.map((status) => newestOf(table, status, { wanted: limit + 1, from })),
  );
  const candidates = withoutDuplicates(found.flat()).sort(newestFirst);
  const requests = candidates.slice(0, limit);
  const last = requests.at(-1);
  return last === undefined || candidates.length <= limit
    ? { requests }
    : { requests, next: { time: last.created_at, id: last.request_id } };
}

/** At least as many as are wanted, if there are, with all that share the last one's time: an index has no order there. */
async function newestOf(
  { client, name }: RequestTableProps,
  status: Status,
  { wanted, from }: { readonly wanted: number; readonly from: Position | undefined },
): Promise<readonly RequestSummary[]> {
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
          ...(from && { "#time": "created_at" satisfies keyof RequestSummary }),
        },
        ExpressionAttributeValues: { ":status": status, ...(from && { ":time": from.time }) },
        ScanIndexForward: false,
        Limit: wanted + 1,
        ExclusiveStartKey: start,
      }),
    );
    found.push(
      ...(Items as RequestSummary[]).filter((request) => from === undefined || isAfter(request, from)),
    );
    start = LastEvaluatedKey;
  } while (start !== undefined && !isWhole(found, wanted));
  return found;
}

const isWhole = (found: readonly RequestSummary[], wanted: number): boolean =>
  found.length > wanted && found.at(-1)?.created_at !== found[wanted - 1]?.created_at;

/** Whether a request comes after a position in the order of the list. */
const isAfter = ({ created_at, request_id }: RequestSummary, { time, id }: Position): boolean =>
  created_at < time || (created_at === time && request_id > id);

/** One that changed its status between two queries is in both: the later state counts. */
function withoutDuplicates(requests: readonly RequestSummary[]): RequestSummary[] {
  const latest = new Map<string, RequestSummary>();
  for (const request of requests) {
    const other = latest.get(request.request_id);
    if (other === undefined || other.updated_at < request.updated_at) latest.set(request.request_id, request);
  }
  return [...latest.values()];
}

const newestFirst = (one: RequestSummary, other: RequestSummary): number =>
  compare(other.created_at, one.created_at) || compare(one.request_id, other.request_id);

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
