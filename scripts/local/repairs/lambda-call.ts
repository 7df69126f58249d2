import type { AwsCall, AwsReply } from "./repair";

export type LambdaOperation =
  | "CreateFunction"
  | "GetFunction"
  | "DeleteFunction"
  | "GetFunctionConfiguration"
  | "UpdateFunctionConfiguration"
  | "UpdateFunctionCode"
  | "Invoke";

export interface LambdaCall {
  readonly operation: LambdaOperation;
  /** Of the function, whether the call has that, an ARN or a part of one. */
  readonly name: string;
  readonly parameters: URLSearchParams;
}

/** What a call tells Lambda of a function, as far as the repairs read it. */
export interface FunctionInput {
  readonly FunctionName?: string;
  readonly Code?: CodeInput;
  readonly Handler?: string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
  /** Of the function that the call means to change. */
  readonly RevisionId?: string;
}

export interface CodeInput {
  readonly ZipFile?: string;
  readonly DryRun?: boolean;
}

/** Lambda's REST protocol: method, and path below the function. */
const operations: Readonly<Record<string, LambdaOperation>> = {
  "GET ": "GetFunction",
  "DELETE ": "DeleteFunction",
  "GET configuration": "GetFunctionConfiguration",
  "PUT configuration": "UpdateFunctionConfiguration",
  "PUT code": "UpdateFunctionCode",
  "POST invocations": "Invoke",
};

/** The call's operation on a Lambda function; nothing for calls of other operations and services. */
export function readLambdaCall({ method, url, body }: AwsCall): LambdaCall | undefined {
  const [path = "", query = ""] = url.split("?");
  const parts = /^\/2015-03-31\/functions(?:\/([^/]+))?(?:\/(\w+))?\/?$/.exec(path);
  if (parts === null) return undefined;
  const [, encoded, below = ""] = parts;
  const parameters = new URLSearchParams(query);
  if (encoded === undefined) {
    const name = method === "POST" ? functionInput(body).FunctionName : undefined;
    return name === undefined
      ? undefined
      : { operation: "CreateFunction", name: functionName(name), parameters };
  }
  const operation = operations[`${method} ${below}`];
  return operation && { operation, name: functionName(decode(encoded)), parameters };
}

/** The JSON document of a body; nothing when it is none: moto then says so. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

export const functionInput = (body: Buffer): FunctionInput => parseJson(body) ?? {};
export const codeInput = (body: Buffer): CodeInput => parseJson(body) ?? {};

export const isAccepted = ({ status }: AwsReply): boolean => status >= 200 && status < 300;

/** Out of `<name>:<qualifier>`, `<account>:function:<name>` or an ARN. */
export function functionName(text: string): string {
  const [, afterFunction] = /(?:^|:)function:([^:]+)/.exec(text) ?? [];
  return afterFunction ?? text.split(":")[0] ?? text;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
