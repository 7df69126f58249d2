import type { Environment } from "../../../stacks/environments";
import { tableName } from "../../../stacks/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { encryptionBy, requireUsableKey } from "../backup/encryption";
import type { WaitOptions } from "../backup/wait";
import { Refused } from "../refused";
import { findingsOf, type Finding } from "../verify/finding";
import { declaredKey } from "../verify/declared-key";
import { beginRestore } from "./begin";
import type { AwsClients } from "../aws";
import { describeRestore } from "./describe";
import { untilActive } from "./follow";
import { putBackSettings } from "./put-back";
import { sampleItemsOf, type Sample } from "./sample";
import { forgotten, missingSettings } from "./settings";
import { findSource, requireWithinBounds, type Source, type Wanted } from "./source";
import { checkTargetName } from "./target-name";
import { describeTarget, requireOwnRestore } from "./target";
import { emptyTable, verifyRestored } from "./verify-restored";

export interface RestoreRequest {
  readonly spec: TableSpec;
  readonly environment: Environment;
  readonly wanted: Wanted;
  /** Name of the new table. */
  readonly to: string;
  readonly dryRun: boolean;
}

/** How a restore speaks with whoever asked for it. */
export interface RestoreTalk extends WaitOptions {
  /** Whether to write; asked once, before anything is written. */
  readonly confirm: (preview: string) => Promise<boolean>;
  /** From here on a run that stops is gone on with by the same source: its moment or ARN. */
  readonly onBegun: (source: Source) => void;
  readonly onStep: (what: string) => void;
}

export interface RestoredTable {
  readonly outcome: "restored";
  readonly source: Source;
  /** What was put back now; what an earlier run had put back is not among it. */
  readonly putBack: readonly string[];
  /** What is not as the spec has it, but for the name. */
  readonly findings: readonly Finding[];
  /** As AWS has counted so far. */
  readonly items: number;
  readonly sample: Sample;
}

export type RestoreResult =
  | {
      readonly outcome: "would restore";
      readonly source: Source;
      readonly preview: string;
      readonly settings: readonly string[];
    }
  | { readonly outcome: "declined" }
  | RestoredTable;

/**
 * Restores a table to a new one, puts back what a restore forgets, and holds it against the spec. The same
 * request goes on where an earlier one stopped: nothing is made twice.
 *
 * @throws Refused and CouldNotTell, which say what to do next; the signal's reason when it is aborted. What was
 * begun then goes on in AWS.
 */
export async function restoreTable(
  clients: AwsClients,
  request: RestoreRequest,
  talk: RestoreTalk,
): Promise<RestoreResult> {
  const { spec, environment, wanted, to, dryRun } = request;
  const { signal } = talk;
  const live = tableName(spec, environment.name);
  checkTargetName(spec, environment.name, to, wanted.kind);
  const asked = await findSource(clients, spec, environment, wanted, signal);
  const keyArn = await requireKey(clients, spec, environment, signal);
  const there = await describeTarget(clients, to, signal);
  if (there === undefined) requireWithinBounds(asked, live);
  else requireOwnRestore(to, there, asked);
  // A run that is gone on with has the moment at which it was begun, not the latest one of now.
  const source = { ...asked, at: there?.RestoreSummary?.RestoreDateTime ?? asked.at };
  const settings = missingSettings(spec, environment, forgotten(spec, to)).map(({ what }) => what);
  const preview = describeRestore(source, { to, keyArn, settings, isThere: there !== undefined });
  if (dryRun) return { outcome: "would restore", source, preview, settings };
  if (!(await talk.confirm(preview))) return { outcome: "declined" };

  if (there === undefined) {
    await beginRestore(clients, source, to, keyArn, signal).catch((error: unknown) => {
      // Without an answer it may have begun; what AWS refuses has not.
      if (!(error instanceof Refused)) talk.onBegun(source);
      throw error;
    });
  }
  talk.onBegun(source);
  talk.onStep(`AWS restores ${to}: minutes to hours`);
  const { ItemCount: items = 0 } = await untilActive(clients, to, talk);
  const onSetting = (what: string) => talk.onStep(`Puts back ${what}`);
  const putBack = await putBackSettings(clients, spec, environment, to, { ...talk, onSetting });
  talk.onStep(`Compares ${to} with its spec`);
  const findings = await verifyRestored(clients, spec, environment, to, signal);
  const sample = await sampleItemsOf(clients.dynamodb, spec, { restored: to, live }, signal);
  const empty = findingsOf({ kind: "table", name: to }, emptyTable(source.items, sample));
  return { outcome: "restored", source, putBack, findings: [...findings, ...empty], items, sample };
}

/** The key that the spec wants: it has to be there, and to work, before anything is encrypted with it. */
async function requireKey(
  { kms }: AwsClients,
  spec: TableSpec,
  environment: Environment,
  signal: AbortSignal,
): Promise<string> {
  const wanted = declaredKey(spec, environment.name);
  const key = await encryptionBy(kms, wanted, signal);
  if (key.kind === "key" && key.state !== "gone") {
    requireUsableKey(key, "The new table");
    return key.arn;
  }
  throw new Refused(
    `There is no key ${wanted}, with which the new table is to be encrypted: deploy ` +
      `${spec.system}-tables-${environment.name} first. A key that was to go with its stack is called back as ` +
      "docs/runbooks/destroy-tables.md says.",
  );
}
