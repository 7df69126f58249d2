/** The status and list endpoints of document 004. */

import * as v from "valibot";
import { systemClock } from "../shared/clock";
import { decodeCursor, encodeCursor } from "../shared/cursor";
import { documentClient } from "../shared/document-client";
import { httpHandler, revalidated, type HttpReply, type HttpRequest } from "../shared/http";
import { fields, isIdentifier, pageLimit, parseInput } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import { statuses } from "./model";
import { newestRequests, requestTable } from "./store";
import { summaryOf, viewOf } from "./view";

const table = {
  client: documentClient(),
  name: requiredVariable("DYNAMODB_TABLE_NAME"),
  clock: systemClock,
};
const requests = requestTable(table);

const listQuery = fields({
  limit: pageLimit({ most: 100, ordinary: 50 }),
  cursor: v.optional(v.string()),
  status: v.optional(v.picklist(statuses, `must be one of ${statuses.join(", ")}`)),
});

/** As long as keys may be; other writers may have other forms of times and ids. */
const position = fields({
  time: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(1024)),
  id: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(2048)),
});

async function getStatus(request: HttpRequest): Promise<HttpReply> {
  const { request_id = "" } = request.path;
  const found = isIdentifier(request_id) ? await requests.find(request_id) : undefined;
  if (found === undefined) throw new Refusal("not-found", "There is no such request.");
  return revalidated(request, viewOf(found));
}

async function listRequests(request: HttpRequest): Promise<HttpReply> {
  const { limit, cursor, status } = parseInput(listQuery, request.query);
  const page = await newestRequests(table, {
    statuses: status === undefined ? statuses : [status],
    limit,
    from: cursor === undefined ? undefined : decodeCursor(position, cursor),
  });
  const body = {
    requests: page.requests.map(summaryOf),
    total: page.requests.length,
    limit,
    ...(page.next && { cursor: encodeCursor(page.next) }),
  };
  return { status: 200, body };
}

export const routes = {
  "GET /analysis/status/{request_id}": getStatus,
  "GET /analysis/requests": listRequests,
} as const;

export const handler = httpHandler(routes);
