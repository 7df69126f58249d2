import { isAccepted, parseJson } from "./lambda-call";
import { jsonReply, type AwsCall, type AwsReply, type Forward, type Repair } from "./repair";

const service = "AmazonAthena";

interface Input {
  readonly ClientRequestToken?: string;
  readonly QueryExecutionId?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

interface Result {
  readonly Rows: readonly object[];
  readonly ResultSetMetadata: object;
}

interface Execution {
  /** How often its state was asked for. */
  looks: number;
  /** Asked of moto once. */
  result?: Promise<Result>;
}

/** AWS: GetQueryResults. */
const mostRows = 1_000;

/**
 * Results of Athena's queries. moto 5.2.1 gives all rows at once, takes no token, and has every query done when
 * it starts. Rows that were queued (scripts/local/athena-results.ts) are of one query there; here they stay for
 * later ones, as the tables of a database do, until others are queued.
 */
export function athenaResults(): Repair {
  const executions = new Map<string, Execution>();
  const replyByToken = new Map<string, Promise<AwsReply>>();
  let present: Result | undefined;

  const start = async (forward: Forward): Promise<AwsReply> => {
    const reply = await forward();
    const { QueryExecutionId: id } = (parseJson(reply.body) ?? {}) as Input;
    if (isAccepted(reply) && id !== undefined) executions.set(id, { looks: 0 });
    return reply;
  };

  /** One query of a token, as long as it has begun: a call that failed is repeated with the same token. */
  const startOnce = async (token: string, forward: Forward): Promise<AwsReply> => {
    const begun = replyByToken.get(token) ?? start(forward);
    replyByToken.set(token, begun);
    const isBegun = await begun.then(isAccepted, () => false);
    if (!isBegun && replyByToken.get(token) === begun) replyByToken.delete(token);
    return begun;
  };

  const look = async (execution: Execution, forward: Forward): Promise<AwsReply> => {
    const reply = await forward();
    execution.looks += 1;
    const state = execution.looks === 1 ? "QUEUED" : execution.looks === 2 ? "RUNNING" : undefined;
    return state === undefined ? reply : withState(reply, state);
  };

  const resultOf = async (forward: Forward): Promise<Result> => {
    const { ResultSet } = parseJson((await forward()).body) as { readonly ResultSet: Result };
    if (ResultSet.Rows.length > 0) present = ResultSet;
    return present ?? ResultSet;
  };

  const page = async (execution: Execution, input: Input, forward: Forward): Promise<AwsReply> => {
    const { MaxResults: most = mostRows, NextToken: token } = input;
    if (!Number.isInteger(most) || most < 1 || most > mostRows) {
      return invalid(`MaxResults must be from 1 to ${mostRows}.`);
    }
    const { Rows: rows, ResultSetMetadata } = await (execution.result ??= resultOf(forward));
    const begin = token === undefined ? 0 : positionOf(token, input.QueryExecutionId);
    if (begin === undefined) return invalid("The NextToken is not one of this query.");
    const end = begin + most;
    const next = end < rows.length ? tokenOf(end, input.QueryExecutionId) : undefined;
    return jsonReply({
      UpdateCount: 0,
      ResultSet: { Rows: rows.slice(begin, end), ResultSetMetadata },
      ...(next !== undefined && { NextToken: next }),
    });
  };

  return (call, forward) => {
    const operation = operationOf(call);
    if (operation === undefined) return undefined;
    const input = (parseJson(call.body) ?? {}) as Input;
    if (operation === "StartQueryExecution") {
      const { ClientRequestToken: token } = input;
      return token === undefined ? start(forward) : startOnce(token, forward);
    }
    const execution = executions.get(input.QueryExecutionId ?? "");
    if (execution === undefined) return Promise.resolve(invalid("There is no such query execution."));
    switch (operation) {
      case "GetQueryExecution":
        return look(execution, forward);
      case "GetQueryResults":
        return page(execution, input, forward);
    }
  };
}

const operations = ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"] as const;

const operationOf = ({ target }: AwsCall) => operations.find((name) => target === `${service}.${name}`);

const invalid = (message: string): AwsReply =>
  jsonReply({ __type: "InvalidRequestException", Message: message, message }, 400);

/** One that was stopped stays so. */
function withState(reply: AwsReply, state: string): AwsReply {
  const { QueryExecution: execution } = (parseJson(reply.body) ?? {}) as {
    readonly QueryExecution?: { readonly Status?: { readonly State?: string } };
  };
  if (execution?.Status?.State !== "SUCCEEDED") return reply;
  const changed = {
    ...execution,
    Status: { ...execution.Status, State: state, CompletionDateTime: undefined },
  };
  return { ...reply, body: Buffer.from(JSON.stringify({ QueryExecution: changed })) };
}

const tokenOf = (position: number, id = ""): string => Buffer.from(`${id} ${position}`).toString("base64url");

function positionOf(token: string, id = ""): number | undefined {
  const [of, position] = Buffer.from(token, "base64url").toString().split(" ");
  return of === id && /^\d+$/.test(position ?? "") ? Number(position) : undefined;
}
