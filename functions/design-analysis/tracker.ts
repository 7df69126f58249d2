/** The library with which an analysis service records the steps of its requests (document 004). */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { parseInput } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { calls, type Call } from "./calls";
import { completeStep, failStep, newRequest, retryStep, startStep, type AnalysisRequest } from "./model";
import { requestTable } from "./store";

export { Refusal } from "../shared/refusal";
export type { Call } from "./calls";
export type { AnalysisRequest, Status, Step, StepName } from "./model";

export interface TrackerProps {
  /** Physical name of the table: `design-analysis-tracking` in production. */
  readonly tableName: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

const missing = "There is no such request. Create it first.";

/**
 * Records requests. Every call is one conditional write: repeated, it gives the same answer and changes
 * nothing; out of order, it throws a Refusal that names the present state, and changes nothing. A call that
 * is malformed throws a Refusal `invalid`.
 *
 * @example
 * const tracker = new Tracker({ tableName: "design-analysis-tracking" });
 * await tracker.createRequest({ request_id, research_data: "s3://bucket/research-data/interview.txt" });
 * await tracker.startStep({ request_id, step: "chunking" });
 * await tracker.completeStep({ request_id, step: "chunking", message: "Successfully created 15 chunks" });
 */
export class Tracker {
  private readonly clock: Clock;
  private readonly requests: ReturnType<typeof requestTable>;

  constructor({ tableName, client = documentClient(), clock = systemClock }: TrackerProps) {
    this.clock = clock;
    this.requests = requestTable({ client, name: tableName, clock });
  }

  /** @throws Refusal `conflict` when there is a request of that id for other research data. */
  async createRequest(call: Call<"createRequest">): Promise<AnalysisRequest> {
    const given = parseInput(calls.createRequest, call);
    const request = await this.requests.insert(newRequest(given, this.clock()));
    if (request.research_data === given.research_data) return request;
    throw new Refusal(
      "conflict",
      `There is a request of that id for other research data; it is ${request.overall_status}.`,
    );
  }

  /** @throws Refusal `not-found`, or `conflict` when it was started or the step before has not completed. */
  async startStep(call: Call<"startStep">): Promise<AnalysisRequest> {
    const { request_id, ...start } = parseInput(calls.startStep, call);
    return this.requests.change(request_id, missing, (request, now) => startStep(request, start, now));
  }

  /** @throws Refusal `not-found`, or `conflict` when the step has not failed. */
  async retryStep(call: Call<"retryStep">): Promise<AnalysisRequest> {
    const { request_id, ...start } = parseInput(calls.retryStep, call);
    return this.requests.change(request_id, missing, (request, now) => retryStep(request, start, now));
  }

  /** @throws Refusal `not-found`, `conflict`, or `invalid` without the result of the last step. */
  async completeStep(call: Call<"completeStep">): Promise<AnalysisRequest> {
    const { request_id, ...end } = parseInput(calls.completeStep, call);
    return this.requests.change(request_id, missing, (request, now) => completeStep(request, end, now));
  }

  /** @throws Refusal `not-found` or `conflict`. */
  async failStep(call: Call<"failStep">): Promise<AnalysisRequest> {
    const { request_id, ...end } = parseInput(calls.failStep, call);
    return this.requests.change(request_id, missing, (request, now) => failStep(request, end, now));
  }
}
