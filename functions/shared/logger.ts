import { Logger } from "@aws-lambda-powertools/logger";

/** Structured logs; the service's name and the level come from POWERTOOLS_SERVICE_NAME and _LOG_LEVEL. */
export const logger = new Logger();

/** What a log line says of the call that it is about: never its input. */
export interface LoggedCall {
  /** The route, or `direct call`. */
  readonly during: string;
  /** API Gateway's, which the access log has, too; or Lambda's. */
  readonly requestId: string | undefined;
}

/**
 * Logs what nobody expected, without its message: an SDK's message may hold what was sent. The frames of the
 * stack say where it was.
 */
export function logUnexpected(error: unknown, call: LoggedCall): void {
  const { name, requestId, frames } = describe(error);
  logger.error("Unexpected error", { ...call, errorName: name, awsRequestId: requestId, frames });
}

function describe(error: unknown) {
  if (!(error instanceof Error)) return { name: typeof error };
  const metadata = (error as { $metadata?: { requestId?: string } }).$metadata;
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, requestId: metadata?.requestId, frames };
}
