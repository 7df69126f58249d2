import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { EnvironmentName } from "../../../tables/naming";
import { Refused } from "../refused";
import { changeVariables, variable, type Change } from "./change";
import { connectionFile, readConnection, recordConnection, type Connection } from "./connection";
import { readFunction, type LiveFunction } from "./live-function";
import {
  NotWritten,
  updateInProgress,
  waitForUpdate,
  waitForVariables,
  writeVariables,
  type WaitOptions,
} from "./update";

export interface Wish {
  readonly environment: EnvironmentName;
  readonly functionName: string;
  /** Physical name of the table. */
  readonly table: string;
  readonly undo: boolean;
}

/** What is to be done: a change, or nothing, since it is so already. */
export type Plan =
  | {
      readonly kind: "nothing to do";
      readonly live: LiveFunction;
      readonly why: string;
      /** The record of a connection that is taken back already. */
      readonly spent?: string;
    }
  | {
      readonly kind: "change";
      readonly live: LiveFunction;
      readonly change: Change;
      readonly file: string;
      /** What is recorded before the change, and after it. */
      readonly records: { readonly before: Connection | undefined; readonly after: Connection | undefined };
    };

/**
 * Reads the function and says what connecting it, or taking that back, would change. Writes nothing. A function
 * that is as wished is so when Lambda has taken that over: an update in progress is waited for.
 *
 * @throws Refused when it must not be changed now, or its last update failed; CouldNotTell as waitForUpdate does.
 */
export async function planConnection(client: LambdaClient, wish: Wish, options: WaitOptions): Promise<Plan> {
  const planFor = (live: LiveFunction): Plan => {
    const file = connectionFile(wish.environment, live.arn);
    const record = readConnection(file);
    return wish.undo ? planUndo(live, record, file) : planConnect(live, record, file, wish.table);
  };
  let live = await readFunction(client, wish.functionName, options.signal);
  let plan = planFor(live);
  if (plan.kind === "nothing to do" && live.update !== "done") {
    live = await waitForUpdate(client, live.name, options);
    plan = planFor(live);
  }
  if (plan.kind === "change" && live.update === "in progress") throw new Refused(updateInProgress(live.name));
  return plan;
}

function planConnect(
  live: LiveFunction,
  recorded: Connection | undefined,
  file: string,
  table: string,
): Plan {
  const change = changeVariables(live.variables, table);
  if (change.before === table) {
    return { kind: "nothing to do", live, why: `${live.name} is connected to ${table} already.` };
  }
  const after = {
    function: live.arn,
    variable,
    before: change.before ?? null,
    written: table,
    at: new Date().toISOString(),
  };
  return { kind: "change", live, change, file, records: { before: recorded, after } };
}

function planUndo(live: LiveFunction, recorded: Connection | undefined, file: string): Plan {
  if (recorded === undefined) {
    throw new Refused(
      `No connection of ${live.name} is recorded in this clone (${file}): what was there before is not known. ` +
        `Change ${variable} by hand, or take it back where it was connected.`,
    );
  }
  const present = live.variables[variable];
  const before = recorded.before ?? undefined;
  if (present === before) {
    const why = `${variable} of ${live.name} is what it was before already.`;
    return { kind: "nothing to do", live, why, spent: file };
  }
  if (present !== recorded.written) {
    throw new Refused(
      `${variable} of ${live.name} is not what was written on ${recorded.at}: someone changed it since. ` +
        `Change it by hand, and delete ${file}.`,
    );
  }
  const change = changeVariables(live.variables, before);
  return { kind: "change", live, change, file, records: { before: recorded, after: undefined } };
}

/** A record that stayed would let a later --undo take away what the owner has set since. */
export function forgetSpent({ spent }: Extract<Plan, { kind: "nothing to do" }>): void {
  if (spent !== undefined) recordConnection(spent, undefined);
}

/**
 * Carries the plan out. What was there before is on disk before it is overwritten, and is forgotten only when
 * it is back: a kill at any point leaves a way back.
 *
 * @throws Refused and CouldNotTell as writeVariables and waitForVariables do.
 */
export async function carryOut(
  client: LambdaClient,
  { live, change, file, records }: Extract<Plan, { kind: "change" }>,
  options: WaitOptions,
): Promise<void> {
  const isConnecting = records.after !== undefined;
  if (isConnecting) recordConnection(file, records.after);
  try {
    await writeVariables(client, live, change, options.signal);
  } catch (error) {
    if (isConnecting && error instanceof NotWritten) recordConnection(file, records.before);
    throw error;
  }
  await waitForVariables(client, live.name, change, options);
  if (!isConnecting) recordConnection(file, undefined);
}
