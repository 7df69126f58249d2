/** The portal's read endpoint (document 003, "Update Web Portal"). */

import { systemClock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { httpHandler, revalidated, type HttpRequest } from "../shared/http";
import { isIdentifier } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import { sessionTable } from "./store";
import { viewOf } from "./view";

const sessions = sessionTable({
  client: documentClient(),
  name: requiredVariable("DYNAMODB_TABLE_NAME"),
  clock: systemClock,
});

export const routes = {
  "GET /status/{sessionId}": async (request: HttpRequest) => {
    const { sessionId = "" } = request.path;
    const session = isIdentifier(sessionId) ? await sessions.find(sessionId) : undefined;
    if (session === undefined) throw new Refusal("not-found", "There is no such session.");
    return revalidated(request, viewOf(session));
  },
} as const;

export const handler = httpHandler(routes);
