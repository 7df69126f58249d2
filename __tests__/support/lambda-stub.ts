/** A Lambda service with one function, in the states that a local AWS cannot play. */

import { createServer, type ServerResponse } from "node:http";
import { localAccountId } from "../../stacks/local-endpoint";
import { addressOf, listen } from "../../scripts/local/ports";

export interface FunctionState {
  variables: Record<string, string>;
  /** Instead of the variables, as for a caller without the right to decrypt them. */
  error?: { readonly ErrorCode: string; readonly Message: string };
  state?: string;
  updateStatus?: string;
  revision: number;
}

export interface LambdaStub {
  readonly url: string;
  readonly function: FunctionState;
  /** Bodies of the updates that were asked for. */
  readonly updates: readonly Update[];
  close(): Promise<void>;
}

export interface Update {
  readonly RevisionId?: string;
  readonly Environment?: { readonly Variables: Record<string, string> };
}

export interface LambdaScript {
  readonly function: Partial<FunctionState> & Pick<FunctionState, "variables">;
  readonly account?: string;
  /** Called at each look at the function, with how many there were before. */
  readonly onRead?: (state: FunctionState, reads: number) => void;
  /** For how many looks an update is in progress, in which Lambda takes no other one; none by default. */
  readonly looksInProgress?: number;
  /** Whether an update is carried out and its answer gets lost. */
  readonly losesAnswer?: (updates: number) => boolean;
  /** Answers an update instead of the service. */
  readonly onUpdate?: (state: FunctionState, update: Update, response: ServerResponse) => boolean;
}

/** Refuses as Lambda does. */
export function refuseCall(response: ServerResponse, status: number, type: string, message: string): true {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ Type: "User", message }));
  return true;
}

export async function playLambda(script: LambdaScript): Promise<LambdaStub> {
  const state: FunctionState = { revision: 1, ...script.function };
  const updates: Update[] = [];
  let reads = 0;
  let looksLeft = 0;
  const configuration = () => ({
    FunctionName: "cg-production-chatbot",
    FunctionArn: `arn:aws:lambda:us-east-1:${localAccountId}:function:cg-production-chatbot`,
    Role: `arn:aws:iam::${localAccountId}:role/cg-chatbot-lambda-role`,
    RevisionId: `revision-${state.revision}`,
    State: state.state ?? "Active",
    LastUpdateStatus: state.updateStatus ?? "Successful",
    KMSKeyArn: `arn:aws:kms:us-east-1:${localAccountId}:key/of-the-chatbot`,
    Environment: state.error === undefined ? { Variables: state.variables } : { Error: state.error },
  });
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (body.includes("GetCallerIdentity")) {
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(callerIdentity(script.account ?? localAccountId));
      } else if (!request.url?.includes("/functions/cg-production-chatbot/")) {
        refuseCall(response, 404, "ResourceNotFoundException", "Function not found");
      } else if (request.method === "GET") {
        script.onRead?.(state, reads++);
        response.end(JSON.stringify(configuration()));
        if (looksLeft > 0 && --looksLeft === 0) state.updateStatus = "Successful";
      } else {
        const update = JSON.parse(body) as Update;
        updates.push(update);
        if (script.onUpdate?.(state, update, response) === true) return;
        if (state.updateStatus === "InProgress") {
          refuseCall(response, 409, "ResourceConflictException", "An update is in progress for resource");
          return;
        }
        if (update.RevisionId !== `revision-${state.revision}`) {
          refuseCall(response, 412, "PreconditionFailedException", "The Revision Id does not match");
          return;
        }
        state.variables = update.Environment?.Variables ?? {};
        state.revision += 1;
        looksLeft = script.looksInProgress ?? 0;
        if (looksLeft > 0) state.updateStatus = "InProgress";
        if (script.losesAnswer?.(updates.length) === true) response.destroy();
        else response.end(JSON.stringify(configuration()));
      }
    });
  });
  await listen(server, 0);
  return {
    url: addressOf(server),
    function: state,
    updates,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const callerIdentity = (account: string): string =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account>` +
  "</GetCallerIdentityResult></GetCallerIdentityResponse>";
