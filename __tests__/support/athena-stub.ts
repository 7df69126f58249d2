/** An Athena with one query, in the states and with the faults that a local AWS does not play. */

import { createServer } from "node:http";
import { addressOf, listen } from "../../scripts/local/ports";
import type { AthenaRow } from "../../scripts/local/athena-results";

export interface AthenaCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AthenaStub {
  readonly url: string;
  readonly calls: AthenaCall[];
  /** Header first. */
  rows: readonly AthenaRow[];
  /** What each look at the query finds; the last one stays. */
  states: object[];
  /** Refuses a call with an error of this name. */
  fault: ((call: AthenaCall) => string | undefined) | undefined;
  /** Leaves a call without an answer. */
  hangs: ((call: AthenaCall) => boolean) | undefined;
  stop(): Promise<void>;
}

export const queryId = "5f0a2c8e-8f0b-4b0e-9c1f-2d6a7e3b9c10";

export async function startAthenaStub(): Promise<AthenaStub> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"] ?? "").split(".")[1] ?? "";
      const call = { operation, input: JSON.parse(body) as Record<string, unknown> };
      stub.calls.push(call);
      if (stub.hangs?.(call)) return;
      const fault = stub.fault?.(call);
      if (fault !== undefined) {
        response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify({ __type: fault, message: "As it is." }));
      } else response.end(JSON.stringify(answer(stub, call)));
    });
  });
  await listen(server, 0);
  const stub: AthenaStub = {
    url: addressOf(server),
    calls: [],
    rows: [],
    states: [{ State: "SUCCEEDED" }],
    fault: undefined,
    hangs: undefined,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stub;
}

function answer(stub: AthenaStub, { operation, input }: AthenaCall): object {
  switch (operation) {
    case "StartQueryExecution":
      return { QueryExecutionId: queryId };
    case "GetQueryExecution": {
      const [state] = stub.states.length > 1 ? stub.states.splice(0, 1) : stub.states;
      return { QueryExecution: { QueryExecutionId: queryId, Status: state } };
    }
    case "GetQueryResults": {
      const [begin, most] = [Number(input["NextToken"] ?? 0), Number(input["MaxResults"])];
      const rows = stub.rows.slice(begin, begin + most);
      return {
        ResultSet: {
          Rows: rows.map((row) => ({
            Data: row.map((text) => (text === null ? {} : { VarCharValue: text })),
          })),
        },
        ...(begin + most < stub.rows.length && { NextToken: String(begin + most) }),
      };
    }
    default:
      return {};
  }
}
