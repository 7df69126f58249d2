/** What functions call, and what their roles allow them: the same, written the same way. */

import { answer, type EventParts } from "./api-event";
import type { RecordedFunctions } from "./loaded-functions";
import { resource, statements, synthesize } from "./synthesis";

export type Request = readonly [routeKey: string, parts?: EventParts];
type FunctionId = "read" | "write";

/**
 * `Query design-analysis-tracking-local/index/…` for each kind of call that the requests lead to. They have to
 * cover all routes of the function.
 */
export async function callsOf(
  { recorder, ...functions }: RecordedFunctions,
  id: FunctionId,
  requests: readonly Request[],
): Promise<readonly string[]> {
  const { handler, routes } = functions[id];
  expect(Object.keys(routes).sort()).toEqual([...new Set(requests.map(([key]) => key))].sort());
  recorder.calls.length = 0;
  for (const [routeKey, parts] of requests) {
    const { status } = await answer(handler, routeKey, parts);
    expect(status).toBeLessThan(500);
  }
  const kinds = recorder.calls.map(
    ({ operation, table, index }) => `${operation} ${table}${index === undefined ? "" : `/index/${index}`}`,
  );
  return [...new Set(kinds)].sort();
}

/** The same of the role's policy in the environment `local`. */
export function allowedCalls(system: string, id: FunctionId): readonly string[] {
  const document = synthesize(`${system}-services-local`);
  return statements(resource(document, "aws_iam_role_policy", id))
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => [Resource].flat().map((arn) => ({ action, arn }))),
    )
    .filter(({ action }) => action.startsWith("dynamodb:"))
    .map(({ action, arn }) => `${action.replace("dynamodb:", "")} ${arn.split(":table/")[1] ?? arn}`)
    .sort();
}

/** Route keys that the stack sends to a function. */
export const routesTo = (system: string, id: FunctionId): readonly unknown[] =>
  Object.values(synthesize(`${system}-services-local`).resource["aws_apigatewayv2_route"] ?? {})
    .filter(({ target }) => String(target).includes(`aws_apigatewayv2_integration.${id}.`))
    .map(({ route_key }) => route_key)
    .sort();
