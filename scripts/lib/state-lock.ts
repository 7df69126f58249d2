/** What Terraform says when another run holds a stack's state, and what to do then. */

export interface StateLock {
  readonly id: string;
  /** User and machine. */
  readonly who: string;
  /** Such as `OperationTypeApply`. */
  readonly operation: string;
  /** As Terraform writes it, UTC. */
  readonly created: string;
}

/** Reads the "Lock Info" of Terraform's error; nothing where it could not read the lock itself. */
export function readStateLock(output: string): StateLock | undefined {
  const field = (name: string) => new RegExp(`^\\W*${name}:[ \\t]*(\\S.*)$`, "m").exec(output)?.[1]?.trim();
  const [id, who, operation, created] = ["ID", "Who", "Operation", "Created"].map(field);
  if (id === undefined) return undefined;
  return { id, who: who ?? "unknown", operation: operation ?? "", created: created ?? "" };
}

const operations: Readonly<Record<string, string>> = {
  OperationTypeApply: "an apply",
  OperationTypePlan: "a plan",
  OperationTypeRefresh: "a refresh",
  "state-push": "a push of the state",
};

/**
 * Who holds the lock, since when, and how to go on.
 *
 * @param unlock the command that releases it; nothing for a local state, whose lock ends with its process.
 */
export function describeStateLock(
  stack: string,
  lock: StateLock | undefined,
  unlock: ((id: string) => string) | undefined,
): string {
  if (lock === undefined) {
    return `The state of ${stack} is locked by another run. Wait until it has ended, and run this again.`;
  }
  const what = operations[lock.operation] ?? "a run";
  const since = lock.created.replace(/^(\S+ \S+?)(?:\.\d+)? \+0000 UTC.*$/, "$1 UTC");
  const wait =
    `The state of ${stack} is locked by ${lock.who}, ${what} since ${since}. ` +
    "Wait until it has ended, and run this again.";
  if (unlock === undefined) return wait;
  return (
    `${wait} Only if that run is certainly dead, its machine gone or its Terraform killed: ` +
    `\`${unlock(lock.id)}\`.`
  );
}
