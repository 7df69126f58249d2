/** The record of plans that were reviewed: `plans.json`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { isStackId, type StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import type { CostDocument } from "../cost/cost-text";
import { CouldNotTell, reasonOf } from "../errors";
import type { Allowance, Verdict } from "../guard/verdict";
import type { Counts } from "./summary";

export const schemaVersion = 1;
export const recordFile = "plans.json";

/** A stack's entry of `plans.json`. */
export interface ReviewedStack {
  readonly stack: StackId;
  readonly isEmpty: boolean;
  readonly changes: Counts;
  /** Null where Terraform refused to make a plan, and where there is nothing to apply. */
  readonly planSha256: string | null;
  /** Of everything else that the apply reads: the functions' zips, the configuration. */
  readonly filesSha256: string | null;
  readonly verdict: Verdict;
  /** Null where there is no plan. */
  readonly cost: CostDocument | null;
}

export interface ReviewedPlans {
  readonly schemaVersion: typeof schemaVersion;
  readonly commit: string;
  /** The working tree was not the commit's: such plans are for reading only. */
  readonly isChanged: boolean;
  readonly environment: EnvironmentName;
  readonly createdAt: string;
  /** Whose credentials planned: in another account the same names are other resources. */
  readonly accountId: string;
  /** Terraform's version. */
  readonly terraform: string;
  /** A table's physical name, when nothing else of its stack is planned. */
  readonly target: string | null;
  readonly allowances: readonly Allowance[];
  readonly stacks: readonly ReviewedStack[];
}

export type ReviewedHead = Omit<ReviewedPlans, "schemaVersion" | "stacks">;

/** @throws CouldNotTell for a folder that `--plan-only` has not written. */
export function readReviewed(folder: string): ReviewedPlans {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(join(folder, recordFile), "utf8"));
  } catch (error) {
    throw new CouldNotTell(
      `${folder} holds no reviewed plans (${reasonOf(error)}): make them with --plan-only --out ${folder}.`,
    );
  }
  if (v.is(otherForm, record)) {
    throw new CouldNotTell(
      `${join(folder, recordFile)} has the form ${record.schemaVersion}, and ${schemaVersion} is known here: plan again.`,
    );
  }
  if (!isRecord(record)) {
    throw new CouldNotTell(`${join(folder, recordFile)} is not as --plan-only writes it: plan again.`);
  }
  return record;
}

const otherForm = v.looseObject({
  schemaVersion: v.pipe(v.number(), v.notValue(schemaVersion)),
});

/** What an apply reads of the record. */
const recordForm = v.looseObject({
  schemaVersion: v.literal(schemaVersion),
  commit: v.string(),
  isChanged: v.boolean(),
  environment: v.string(),
  accountId: v.string(),
  terraform: v.string(),
  target: v.nullable(v.string()),
  allowances: v.array(v.object({ subject: v.string(), reason: v.string() })),
  stacks: v.array(
    v.looseObject({
      // It becomes a part of paths.
      stack: v.custom<StackId>((stack) => typeof stack === "string" && isStackId(stack)),
      isEmpty: v.boolean(),
      planSha256: v.nullable(v.string()),
      filesSha256: v.nullable(v.string()),
      verdict: v.looseObject({
        refusals: v.array(v.looseObject({ reason: v.string(), wayOut: v.string() })),
      }),
    }),
  ),
});

const isRecord = (record: unknown): record is ReviewedPlans => v.is(recordForm, record);
