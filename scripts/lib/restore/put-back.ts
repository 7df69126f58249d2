import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { checkAccess } from "../backup/answer";
import { waitFor, type WaitOptions } from "../backup/wait";
import { CouldNotTell, orAbort, reasonOf } from "../errors";
import { readTable } from "../verify/live-table";
import { Unread } from "../verify/reading";
import { untilActive } from "./follow";
import { missingSettings, type Setting } from "./settings";

/** AWS is busy with another change, or not far enough with the table yet: asked again a little later. */
const passing =
  /^(ResourceInUse|LimitExceeded|ContinuousBackupsUnavailable|ConcurrentUpdate|Throttling|TooManyRequests)/;
const settingPatienceSeconds = 600;

/** Reads a restored table with what is scaled of it. */
export async function readRestored(
  clients: AwsClients,
  spec: TableSpec,
  environment: Environment,
  name: string,
  signal: AbortSignal,
) {
  const unreadable = (reason: string) =>
    new CouldNotTell(`${name} cannot be read: ${reason}. ${checkAccess}`);
  const live = await orAbort(readTable(clients, { spec, environment, name }), signal).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw unreadable(reasonOf(error));
    },
  );
  if (live === undefined) {
    throw new CouldNotTell(`${name} is not there any more: someone deleted it. Begin again.`);
  }
  // What is not known to be scaled would be put back over what is there.
  for (const part of [live.scaling.targets, live.scaling.policies]) {
    if (part instanceof Unread) throw unreadable(reasonOf(part.reason));
  }
  return { name, live };
}

/**
 * Puts back what the restore forgot, one setting after another, each with the table at rest. What is set already
 * is left alone, so that a run that was stopped goes on.
 *
 * @param onSetting told before each.
 * @returns what was put back, for people.
 * @throws CouldNotTell that names the setting when AWS does not take it.
 */
export async function putBackSettings(
  clients: AwsClients,
  spec: TableSpec,
  environment: Environment,
  name: string,
  options: WaitOptions & { readonly onSetting: (what: string) => void },
): Promise<readonly string[]> {
  const { signal, onSetting } = options;
  const restored = await readRestored(clients, spec, environment, name, signal);
  const missing = missingSettings(spec, environment, restored);
  for (const setting of missing) {
    signal.throwIfAborted();
    onSetting(setting.what);
    await putBack(clients, setting, name, options);
    await untilActive(clients, name, options);
  }
  return missing.map(({ what }) => what);
}

async function putBack(
  clients: AwsClients,
  { what, putBack: put }: Setting,
  name: string,
  options: WaitOptions,
): Promise<void> {
  let last: unknown;
  const done = await waitFor(
    async () => {
      try {
        await put(clients);
        return true;
      } catch (error) {
        if (!(error instanceof Error) || !passing.test(error.name)) throw failed(error);
        last = error;
        return undefined;
      }
    },
    { ...options, patienceSeconds: Math.min(options.patienceSeconds, settingPatienceSeconds) },
  );
  if (done === undefined) throw failed(last);

  function failed(error: unknown): Error {
    return new CouldNotTell(
      `${name} is restored, but this could not be put back: ${what} (${reasonOf(error)}). ${checkAccess} ` +
        "Run this again to go on.",
    );
  }
}
