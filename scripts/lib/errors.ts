/** How a command ends (docs/architecture.md, "Scripts"). */
export const exitCodes = { done: 0, no: 1, couldNotTell: 2, interrupted: 130, terminated: 143 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The question could not be answered: wrong usage, a missing tool, no credentials, no network. Exit 2. */
export class CouldNotTell extends Error {
  override readonly name = "CouldNotTell";
}

/** The command was stopped by a signal; cleaning up has been done by the time it is seen. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly signal: "SIGINT" | "SIGTERM") {
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
  return error.name === "Error" || error instanceof CouldNotTell ? message : `${error.name}: ${message}`;
}
