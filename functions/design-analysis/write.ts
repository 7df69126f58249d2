/** The Lambda through which an analysis service records its steps. */

import { httpHandler, type HttpReply, type HttpRequest } from "../shared/http";
import { requiredVariable } from "../shared/variables";
import type { CallName } from "./calls";
import type { AnalysisRequest } from "./model";
import { Tracker } from "./tracker";
import { viewOf } from "./view";

const tracker = new Tracker({ tableName: requiredVariable("DYNAMODB_TABLE_NAME") });

const route =
  (name: CallName, status = 200) =>
  async (request: HttpRequest): Promise<HttpReply> => {
    // Every method checks what it is given.
    const call = tracker[name].bind(tracker) as (unchecked: unknown) => Promise<AnalysisRequest>;
    return { status, body: viewOf(await call(request.input())) };
  };

export const routes = {
  "POST /analysis/requests": route("createRequest", 201),
  "POST /analysis/requests/{request_id}/steps/{step}/start": route("startStep"),
  "POST /analysis/requests/{request_id}/steps/{step}/complete": route("completeStep"),
  "POST /analysis/requests/{request_id}/steps/{step}/fail": route("failStep"),
  "POST /analysis/requests/{request_id}/steps/{step}/retry": route("retryStep"),
} as const;

export const handler = httpHandler(routes);
