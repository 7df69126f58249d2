import type { JwtAuthorizer } from "./api";

export type Claims = Readonly<Record<string, unknown>>;

const dayInSeconds = 24 * 60 * 60;

/** An unsigned token of a named user, for a day. The local gateway takes it; nothing else does. */
export function localToken(user: string, authorizer?: Pick<JwtAuthorizer, "issuer" | "audience">): string {
  const now = Math.floor(Date.now() / 1000);
  const [audience] = authorizer?.audience ?? [];
  const claims = {
    sub: user,
    ...(authorizer && { iss: authorizer.issuer }),
    ...(audience && { aud: audience }),
    iat: now,
    exp: now + dayInSeconds,
  };
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;
}

/** The claims of a JWT, whoever signed it; nothing when it is none. */
export function readClaims(token: string): Claims | undefined {
  const parts = token.split(".");
  const [header, claims] = parts.slice(0, 2).map(decode);
  return parts.length === 3 && header !== undefined ? claims : undefined;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
