import {
  LambdaServiceException,
  PreconditionFailedException,
  ResourceConflictException,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import { differingNames, variable, type Change } from "./change";
import { checkAccess, readFunction, type LiveFunction } from "./live-function";

/** Lambda refused the change: nothing was written. */
export class NotWritten extends Refused {}

/**
 * Writes the variables on the condition that the function is still the one that was read.
 *
 * @throws NotWritten when it is not, or Lambda refuses; CouldNotTell when it may have been written all the same.
 */
export async function writeVariables(
  client: LambdaClient,
  { name, revisionId }: LiveFunction,
  change: Change,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        RevisionId: revisionId,
        Environment: { Variables: change.variables },
      }),
    );
  } catch (error) {
    if (error instanceof LambdaServiceException && error.$fault === "client") {
      if (mayBeOurs(error) && (await isWritten(client, name, change, signal))) return;
      throw new NotWritten(refusalOf(error, name));
    }
    const reason = error instanceof LambdaServiceException ? error.name : reasonOf(error);
    throw new CouldNotTell(
      `Lambda gave no answer (${reason}): the change may be written. Run this again to see.`,
    );
  }
}

/**
 * An answer that got lost makes the SDK ask again, and its own change then stands in the way: as another
 * revision, or as the update that is in progress.
 */
const mayBeOurs = (error: LambdaServiceException): boolean =>
  error instanceof PreconditionFailedException ||
  error instanceof ResourceConflictException ||
  (error.$metadata.attempts ?? 1) > 1;

/** The one variable tells: another one may have been changed by someone else since, which the wait will say. */
async function isWritten(
  client: LambdaClient,
  name: string,
  { after }: Change,
  signal: AbortSignal,
): Promise<boolean> {
  const { variables } = await readFunction(client, name, signal);
  return variables[variable] === after;
}

function refusalOf(error: LambdaServiceException, name: string): string {
  if (error instanceof PreconditionFailedException) {
    return `Someone changed ${name} meanwhile: nothing was written. Run this again.`;
  }
  if (error instanceof ResourceConflictException) return updateInProgress(name);
  // Its message may repeat the variables, as that of the 4 KB limit does.
  return `Lambda refused the change of ${name} (${error.name}). ${checkAccess}`;
}

export const updateInProgress = (name: string): string =>
  `Another update of ${name} is in progress: nothing was written. Run this again when it is done.`;

const pollMilliseconds = 1_000;
/** Lambda takes seconds; for a function in a VPC, a minute or two. */
const patienceMilliseconds = 300_000;

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly onWait: (seconds: number) => void;
}

/**
 * The function as it is when no update of it is in progress any more.
 *
 * @throws Refused when the last one failed; CouldNotTell when it takes longer than any should.
 */
export async function waitForUpdate(
  client: LambdaClient,
  name: string,
  { signal, onWait }: WaitOptions,
): Promise<LiveFunction> {
  const started = performance.now();
  let live = await readFunction(client, name, signal);
  while (live.update === "in progress") {
    const waited = performance.now() - started;
    if (waited > patienceMilliseconds) {
      throw new CouldNotTell(
        `Lambda still updates ${name} after ${patienceMilliseconds / 60_000} minutes. Run this again to see.`,
      );
    }
    onWait(Math.round(waited / 1000));
    await sleep(pollMilliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
    live = await readFunction(client, name, signal);
  }
  if (live.update !== "done") {
    throw new Refused(
      `Lambda wrote the variables of ${name} but could not take them over (${live.update.failed}). ` +
        "Let its owner look at the function; --undo takes a connection back.",
    );
  }
  return live;
}

/**
 * Waits until Lambda has taken the change over, and holds what is there then against what was written.
 *
 * @throws Refused and CouldNotTell as waitForUpdate does, and Refused when another variable is not what it was.
 */
export async function waitForVariables(
  client: LambdaClient,
  name: string,
  { variables }: Change,
  options: WaitOptions,
): Promise<void> {
  const live = await waitForUpdate(client, name, options);
  const wrong = differingNames(variables, live.variables);
  if (wrong.length > 0) {
    throw new Refused(
      `${name} was changed by someone else right after: ${wrong.join(", ")} ${wrong.length === 1 ? "is" : "are"} ` +
        "not what was written. Look at the function before you go on.",
    );
  }
}
