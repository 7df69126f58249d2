import { localAccountId } from "../../../stacks/local-endpoint";
import type { Authorization, JwtAuthorizer } from "./api";
import { readClaims, type Claims } from "./token";

/** What a function is told of its caller, in `requestContext.authorizer`. */
export type Caller = Readonly<Record<string, unknown>>;

/**
 * Who calls, or nothing when the caller has to be refused. Signatures are not checked: this gateway serves
 * one machine, where credentials are worthless and no issuer need be reachable.
 */
export function authorize(authorization: Authorization, header: string | undefined): Caller | undefined {
  if (authorization.type === "AWS_IAM") return { iam: localIdentity };
  const [, token] = /^Bearer (\S+)$/i.exec(header ?? "") ?? [];
  const claims = token === undefined ? undefined : readClaims(token);
  if (claims === undefined || !isAccepted(claims, authorization)) return undefined;
  return { jwt: { claims: textsOf(claims), scopes: scopesOf(claims) } };
}

/** Whose conversations are those of the local AWS (document 001). */
const localUser = "demo";

const localIdentity = {
  accountId: localAccountId,
  accessKey: "local",
  callerId: localAccountId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: `arn:aws:iam::${localAccountId}:root`,
  userId: localUser,
} as const;

function isAccepted(claims: Claims, { issuer, audience }: JwtAuthorizer): boolean {
  const { sub, iss, aud, client_id, exp, nbf } = claims;
  const now = Date.now() / 1000;
  const clients: readonly unknown[] = [aud ?? client_id ?? []].flat();
  return (
    typeof sub === "string" &&
    sub !== "" &&
    (exp === undefined || (typeof exp === "number" && exp > now)) &&
    (nbf === undefined || (typeof nbf === "number" && nbf <= now)) &&
    (iss === undefined || iss === issuer) &&
    (clients.length === 0 || clients.some((client) => audience.some((one) => one === client)))
  );
}

/** Claims as API Gateway hands them on: all of them texts, lists in brackets. */
const textsOf = (claims: Claims): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOf(value)]));

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

const scopesOf = ({ scope }: Claims): readonly string[] | null =>
  typeof scope === "string" && scope !== "" ? scope.split(" ") : null;
