/** How far a migration is: everything before it is in the table, or among the rejects. */

import * as v from "valibot";
import type { RunState } from "../run-state";
import { start, type Source } from "./source";

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const progress = v.object({
  position: v.object({
    entries: whole,
    names: v.string(),
    within: v.exactOptional(
      v.object({
        array: v.object({ bytes: whole, elements: whole }),
        file: v.object({ size: whole, modified: v.number() }),
      }),
    ),
  }),
  /** Profiles that were looked at: the stored and the rejected ones. */
  stored: whole,
  rejected: whole,
  /** Subfolders and files of other names. */
  ignored: whole,
  /** Of the file of rejects. */
  rejectsBytes: whole,
});

const schema = v.object({ version: v.literal(1), of: v.string(), progress });

export type MigrationProgress = Readonly<v.InferOutput<typeof progress>>;

export const noProgress: MigrationProgress = {
  position: start,
  stored: 0,
  rejected: 0,
  ignored: 0,
  rejectsBytes: 0,
};

export interface CheckpointOf {
  readonly source: Source;
  readonly rejects: string;
  /** The table's. */
  readonly identity: string;
}

/** Progress of another source, another table or another file of rejects is none. */
export class Checkpoint {
  private readonly of: string;

  constructor(
    private readonly state: RunState,
    { source, rejects, identity }: CheckpointOf,
  ) {
    this.of = JSON.stringify([source.kind, source.path, rejects, identity]);
  }

  /** @returns nothing when there is nothing to resume; `outdated` when it is not of this run. */
  load(): MigrationProgress | "outdated" | undefined {
    const stored = this.state.load();
    if (stored === undefined) return undefined;
    const checkpoint = v.safeParse(schema, stored);
    return checkpoint.success && checkpoint.output.of === this.of ? checkpoint.output.progress : "outdated";
  }

  save(progress: MigrationProgress): void {
    this.state.save({ version: 1, of: this.of, progress } satisfies v.InferInput<typeof schema>);
  }

  finish(): void {
    this.state.finish();
  }
}
