import { resource, statements, synthesize, type StackDocument } from "./synthesis";

export const production = (system: string) => synthesize(`${system}-services-prod`);

/** Settings with which people come with tokens in dev. */
export const tokens = {
  DEV_JWT_ISSUER: "https://login.example.com/pool",
  DEV_JWT_AUDIENCE: "portal,console",
};

/** How each route authorizes its callers. */
export const routesOf = (document: StackDocument): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.values(document.resource["aws_apigatewayv2_route"] ?? {}).map((route) => [
      String(route["route_key"]),
      route["authorization_type"],
    ]),
  );

export const grantsOf = (document: StackDocument, functionId: string) =>
  statements(resource(document, "aws_iam_role_policy", functionId));
