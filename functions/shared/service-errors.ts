/** What AWS's SDK throws when a service fails or cannot be reached. */

interface SdkError {
  readonly name?: unknown;
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: unknown;
}

const timeouts: readonly unknown[] = ["TimeoutError", "RequestTimeout", "AbortError"];

/** Whether the same call may succeed later: the service failed, hung, or was not reached. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { name, $fault, $metadata, code } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  // Node names what a connection fails for: ECONNREFUSED, ENOTFOUND, EPIPE.
  const isOfConnection = typeof code === "string" && /^E[A-Z_]+$/.test(code);
  // The SDK has tried, and has heard nothing.
  const hadNoAnswer = $metadata !== undefined && $fault === undefined && status === 0;
  return $fault === "server" || status >= 500 || timeouts.includes(name) || isOfConnection || hadNoAnswer;
}
