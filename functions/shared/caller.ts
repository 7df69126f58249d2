/** Who calls: API Gateway has checked the token or the signature before a function is asked. */

import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Refusal } from "./refusal";

/** What API Gateway says of the caller (payload format 2.0), as far as it names one. */
interface Authorizer {
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> };
  readonly iam?: { readonly userId?: unknown };
}

/** OpenID Connect has subjects of up to 255 ASCII characters; what IAM calls a user id is shorter. */
const callerPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * The subject of the token, or the unique id of the IAM principal (AWS: "Unique identifiers"), which is the
 * same for everyone who assumes a role under one session name.
 *
 * @throws Refusal `unauthenticated` when the call comes with neither.
 */
export function callerOf({ requestContext }: APIGatewayProxyEventV2): string {
  const { authorizer } = requestContext as { readonly authorizer?: Authorizer };
  const { jwt, iam } = authorizer ?? {};
  const caller = jwt === undefined ? iam?.userId : jwt.claims?.["sub"];
  if (typeof caller === "string" && callerPattern.test(caller)) return caller;
  throw new Refusal(
    "unauthenticated",
    "The call names no caller. Send a token with a subject, or sign as an IAM principal.",
  );
}
