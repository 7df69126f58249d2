/** How a command ends (docs/architecture.md, "Scripts"). */
export const exitCodes = { done: 0, no: 1, couldNotTell: 2 } as const;

/** A signal ends a command with 128 and its number. */
export const signalExits = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
export type EndingSignal = keyof typeof signalExits;

export type ExitCode =
  (typeof exitCodes)[keyof typeof exitCodes] | (typeof signalExits)[keyof typeof signalExits];

/** The question could not be answered: wrong usage, a missing tool, no credentials, no network. Exit 2. */
export class CouldNotTell extends Error {
  override readonly name = "CouldNotTell";
}

/** The command was stopped by a signal; cleaning up has been done by the time it is seen. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly signal: EndingSignal) {
    super(`Interrupted by ${signal}.`);
  }
}

/** An error in one line, for people: no stack, no repeated prefix. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps the reason in its cause.
  if (error.cause instanceof Error) return describeError(error.cause);
  const code = (error as NodeJS.ErrnoException).code;
  // A refused connection to both localhost addresses is an AggregateError without a message.
  const message = error.message || code || error.name;
  const isToldInFull = error instanceof CouldNotTell || error instanceof Interrupted;
  return error.name === "Error" || isToldInFull ? message : `${error.name}: ${message}`;
}

/** The same without a full stop, for the middle of a text that goes on to say what to do. */
export const reasonOf = (error: unknown): string => describeError(error).replace(/\.$/, "");

/** The promise, or the signal's reason as soon as it is aborted: for work that leaves nothing to clean up. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let give: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    give = () => reject(signal.reason as Error);
    signal.addEventListener("abort", give, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", give));
}
