/** What the guard says of a plan, and what people may permit. */

import type { StackId } from "../../../stacks/naming";
import { CouldNotTell } from "../errors";

/** One a rule (docs/guard.md). */
export type RuleId =
  | "destroys-table"
  | "destroys-key"
  | "moves-key-alias"
  | "replaces-data"
  | "several-index-changes"
  | "renames-index"
  | "rebuilds-index"
  | "renames-ttl"
  | "switches-billing-often"
  | "starts-with-one-unit"
  | "lifts-protection"
  | "drops-recovery"
  | "leaves-data-behind"
  | "replaces-stream"
  | "loses-audit-records"
  | "public-policy"
  | "foreign-names";

export interface Refusal {
  readonly rule: RuleId;
  /** A table's physical name; the address of anything else, such as `aws_kms_key.key`. */
  readonly subject: string;
  /** Sentences, with the value and the limit in them. */
  readonly reason: string;
  /** The two steps, with their commands. */
  readonly wayOut: string;
}

/** `--allow <subject>:<reason>`: permits every refusal of one subject. */
export interface Allowance {
  readonly subject: string;
  readonly reason: string;
}

export interface Permitted extends Refusal {
  /** The allowance's reason. */
  readonly because: string;
}

export interface Verdict {
  readonly stack: StackId;
  /** The plan may be applied when there are none. */
  readonly refusals: readonly Refusal[];
  readonly permitted: readonly Permitted[];
}

/** A reason is for the record: one line of a log or of a comment on a pull request. */
const longestReason = 200;
const form =
  '--allow takes <table>:<reason>, such as --allow "agent-profiles-dev:copied to agent-profiles-2 on 3 May"';

/**
 * Reads the value of `--allow`. A subject has no colon, a reason may.
 *
 * @throws CouldNotTell for another form, no reason, or one that is no line of at most 200 characters.
 */
export function parseAllowance(text: string): Allowance {
  const colon = text.indexOf(":");
  const subject = text.slice(0, Math.max(colon, 0)).trim();
  const reason = text.slice(colon + 1).trim();
  if (colon === -1 || subject === "" || /\s/.test(subject)) {
    throw new CouldNotTell(`${form}; found ${JSON.stringify(text)}.`);
  }
  if (reason === "") throw new CouldNotTell(`${form}; found no reason for ${JSON.stringify(subject)}.`);
  if (reason.length > longestReason || /\p{C}/u.test(reason)) {
    throw new CouldNotTell(
      `The reason of --allow is one line of at most ${longestReason} characters; found ${reason.length} ` +
        `characters${/\p{C}/u.test(reason) ? ", control characters among them" : ""}.`,
    );
  }
  return { subject, reason };
}

/** The allowances whose subject none of the stacks' plans was refused for: a misspelt one permits nothing. */
export function unusedAllowances(
  verdicts: readonly Verdict[],
  allowances: readonly Allowance[],
): readonly Allowance[] {
  const used = new Set(verdicts.flatMap(({ permitted }) => permitted.map(({ subject }) => subject)));
  return allowances.filter(({ subject }) => !used.has(subject));
}

/** The allowances that would permit something in several stacks: `aws_kms_key.key` is every system's. */
export function ambiguousAllowances(
  verdicts: readonly Verdict[],
  allowances: readonly Allowance[],
): readonly (Allowance & { readonly stacks: readonly StackId[] })[] {
  return allowances
    .map((allowance) => ({
      ...allowance,
      stacks: verdicts
        .filter(({ permitted }) => permitted.some(({ subject }) => subject === allowance.subject))
        .map(({ stack }) => stack),
    }))
    .filter(({ stacks }) => stacks.length > 1);
}
