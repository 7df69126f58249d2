/** Faults of the server and of the network, which pass: the same call is to be sent again. */

/** The SDK's own, of a connection or an answer that takes too long. */
const timeouts: readonly string[] = ["TimeoutError", "RequestTimeout", "RequestTimeoutException"];

const networkCodes: readonly string[] = [
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
];

interface AwsError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whether an outage, and not what was sent, is what a call failed for. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, $metadata, cause } = error as AwsError;
  return (
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    timeouts.includes(name) ||
    (typeof code === "string" && networkCodes.includes(code)) ||
    isPassing(cause)
  );
}
