import type { FunctionDefinition } from "../functions/function";

/** An HTTP API of a synthesized stack. */
export interface Api {
  readonly stack: string;
  readonly name: string;
  readonly cors?: Cors;
  readonly routes: readonly Route[];
}

export interface Route {
  readonly stack: string;
  /** Such as `GET /status/{sessionId}`. */
  readonly key: string;
  readonly authorization: Authorization;
  readonly function: FunctionDefinition;
}

export type Authorization = { readonly type: "AWS_IAM" } | JwtAuthorizer;

export interface JwtAuthorizer {
  readonly type: "JWT";
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface Cors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAge?: number;
}
