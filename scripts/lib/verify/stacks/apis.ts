/** The HTTP APIs of a stack: routes, who may call them, and what answers. */

import {
  GetAuthorizersCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
  type Api,
  type Authorizer,
  type Integration,
  type Route,
  type Stage,
} from "@aws-sdk/client-apigatewayv2";
import { declared } from "../finding";
import {
  apiDifferences,
  routeDifferences,
  stageDifferences,
  type DeclaredRoute,
  type LiveApi,
} from "./compare-api";
import { aspect, aspects, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent } from "./same";

export const apiLooks: Looks = (context) =>
  context.stack
    .all("aws_apigatewayv2_api")
    .map(([id, block]): Look => ({ kind: "api", name: block.name, see: () => seeApi(context, id, block) }));

async function seeApi(
  context: Context,
  id: string,
  expected: Declared<"aws_apigatewayv2_api">,
): Promise<Seen> {
  const { stack, references } = context;
  const [api, ...others] = await references.lookUp.apis(expected.name);
  if (api === undefined) return { differences: [absent("an API")] };
  if (others.length > 0) {
    const ids = [api, ...others].map(({ ApiId }) => ApiId).join(", ");
    const remedy = "Look which one the stack's output api_url names, and delete the other.";
    return { differences: [declared("existence", "one API of this name", ids, remedy)] };
  }
  const own = `aws_apigatewayv2_api.${id}` as const;
  const differences = await aspects(
    Promise.resolve(apiDifferences(expected, api)),
    aspect("routes", async () =>
      routeDifferences(
        await references.resolve(declaredRoutes(context, own)),
        await readRoutes(context, api),
      ),
    ),
    aspect("stages", async () => {
      const stages = stack.having("aws_apigatewayv2_stage", "api_id", own).map(([, stage]) => stage);
      return stageDifferences(
        await references.resolve(stages),
        await pages<Stage>((NextToken) =>
          context.clients.apis.send(new GetStagesCommand({ ApiId: api.ApiId, NextToken })),
        ),
      );
    }),
  );
  return { differences };
}

/** Each route with what it leads to; ids that AWS gives are followed here instead of being compared. */
const declaredRoutes = ({ stack }: Context, api: `${string}.${string}`): readonly DeclaredRoute[] =>
  stack.having("aws_apigatewayv2_route", "api_id", api).map(([, route]) => ({
    key: route.route_key,
    authorization: route.authorization_type,
    integration: stack.one("aws_apigatewayv2_integration", idIn(route.target)),
    ...(route.authorizer_id !== undefined && {
      authorizer: stack.one("aws_apigatewayv2_authorizer", idIn(route.authorizer_id)),
    }),
  }));

/** `read` of `integrations/${aws_apigatewayv2_integration.read.id}`. */
const idIn = (reference: string): string => /\$\{\w+\.([\w-]+)\.id\}$/.exec(reference)?.[1] ?? reference;

async function readRoutes({ clients: { apis } }: Context, { ApiId }: Api): Promise<LiveApi> {
  const [routes, integrations, authorizers] = await Promise.all([
    pages<Route>((NextToken) => apis.send(new GetRoutesCommand({ ApiId, NextToken }))),
    pages<Integration>((NextToken) => apis.send(new GetIntegrationsCommand({ ApiId, NextToken }))),
    pages<Authorizer>((NextToken) => apis.send(new GetAuthorizersCommand({ ApiId, NextToken }))),
  ]);
  return { routes, integrations, authorizers };
}

async function pages<T>(
  ask: (
    token: string | undefined,
  ) => Promise<{ readonly Items?: readonly T[] | undefined; readonly NextToken?: string | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let next: string | undefined;
  do {
    const page = await ask(next);
    found.push(...(page.Items ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  return found;
}
