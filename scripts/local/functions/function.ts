/** A Lambda function as it is deployed: its bundle, and what Lambda is told about it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly zip: Uint8Array;
  /** `<file without extension>.<export>`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** How one call of a function ended. A failure carries no stack trace: that goes to the function's log. */
export type Invocation =
  | { readonly outcome: "answered"; readonly payload: unknown }
  | InvocationFailure
  | { readonly outcome: "timed out"; readonly seconds: number };

export interface InvocationFailure {
  readonly outcome: "failed";
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface RunnerOptions {
  /** Bundles are unzipped below it, each into a folder of the function's name. */
  readonly folder: string;
  /** File to which everything that functions print is appended. */
  readonly log: string;
  /** Endpoint of the AWS that functions talk to. */
  readonly endpoint: string;
  readonly region?: string;
  /** How long a bundle may take to load; Lambda allows 10 s. */
  readonly loadSeconds?: number;
}

export interface RunningFunction {
  invoke(payload: unknown): Promise<Invocation>;
  /** Ends the thread, if there is one, and fails the calls in it. */
  stop(): Promise<void>;
}
