/** The Lambda through which an orchestrator writes: by HTTP, or invoked directly. */

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { asRefusal, httpHandler, type HttpReply, type HttpRequest } from "../shared/http";
import { logger, logUnexpected, type LoggedCall } from "../shared/logger";
import { Refusal, type ErrorBody } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import { calls, type CallName } from "./calls";
import type { Session } from "./model";
import { StatusWriter } from "./status-writer";
import { viewOf, type SessionView } from "./view";

const writer = new StatusWriter({ tableName: requiredVariable("DYNAMODB_TABLE_NAME") });

const route =
  (name: CallName, status = 200) =>
  async (request: HttpRequest): Promise<HttpReply> => ({
    status,
    body: await perform(name, request.input()),
  });

export const routes = {
  "POST /status": route("startSession", 201),
  "POST /status/{sessionId}/agents/{agent}/start": route("startAgent"),
  "POST /status/{sessionId}/agents/{agent}/complete": route("completeAgent"),
  "POST /status/{sessionId}/agents/{agent}/fail": route("failAgent"),
  "POST /status/{sessionId}/complete": route("completeSession"),
  "POST /status/{sessionId}/fail": route("failSession"),
} as const;

const answerHttp = httpHandler(routes);

/** A direct invocation: the call's name, and its fields beside it. */
export interface DirectCall {
  readonly call: CallName;
  readonly [field: string]: unknown;
}

export function handler(
  event: APIGatewayProxyEventV2 | DirectCall,
  context?: Context,
): Promise<APIGatewayProxyStructuredResultV2 | SessionView | ErrorBody> {
  const logged = { during: "direct call", requestId: context?.awsRequestId };
  return isHttp(event) ? answerHttp(event) : answerDirect(event, logged);
}

const isHttp = (event: unknown): event is APIGatewayProxyEventV2 =>
  typeof event === "object" && event !== null && "routeKey" in event && "rawPath" in event;

/**
 * What is refused for good is an answer. What may pass is thrown, so that Lambda repeats an asynchronous call,
 * and keeps it when that does not help; without the SDK's own message, which may hold what was sent.
 */
async function answerDirect(event: unknown, logged: LoggedCall): Promise<SessionView | ErrorBody> {
  try {
    const { call, ...fields }: Partial<DirectCall> = typeof event === "object" ? { ...event } : {};
    if (typeof call !== "string" || !Object.hasOwn(calls, call)) {
      throw new Refusal("invalid", `call must be one of ${Object.keys(calls).join(", ")}.`, "call");
    }
    return await perform(call, fields);
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal?.isPassing) throw refusal;
    if (refusal === undefined) {
      logUnexpected(error, logged);
      throw new Error("The call failed. Try again; the function's log has the cause.");
    }
    logger.info("Refused", { ...logged, code: refusal.code });
    return refusal.body;
  }
}

async function perform(name: CallName, input: unknown): Promise<SessionView> {
  // Every method checks what it is given.
  const call = writer[name].bind(writer) as (unchecked: unknown) => Promise<Session>;
  return viewOf(await call(input));
}
