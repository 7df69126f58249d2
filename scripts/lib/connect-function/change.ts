import { Refused } from "../refused";
import type { Variables } from "./live-function";

/** What the function reads the table's name from (document 001, step 3). */
export const variable = "DYNAMODB_TABLE_NAME";

/** A change of the one variable, and what stays beside it. */
export interface Change {
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Names alone: the values may be secrets. */
  readonly kept: readonly string[];
  /** All variables after the change, to be written. */
  readonly variables: Variables;
}

/** Lambda quotas: all environment variables of a function together. It measures them as JSON. */
const limitBytes = 4_096;

/**
 * The variables with the one set, or without it.
 *
 * @throws Refused when they would exceed Lambda's limit.
 */
export function changeVariables(variables: Variables, after: string | undefined): Change {
  const { [variable]: before, ...others } = variables;
  const changed = after === undefined ? others : { ...others, [variable]: after };
  const bytes = Buffer.byteLength(JSON.stringify(changed));
  if (bytes > limitBytes) {
    throw new Refused(
      `With ${variable} the function's variables take ${bytes} bytes, and Lambda allows ${limitBytes}. ` +
        "Let the function's owner move some of them to Parameter Store or Secrets Manager first.",
    );
  }
  return { before, after, kept: Object.keys(others).sort(), variables: changed };
}

/** Names of variables that are not what they should be. */
export function differingNames(expected: Variables, actual: Variables): readonly string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names].filter((name) => expected[name] !== actual[name]).sort();
}

/** The change for people, as a diff. */
export function describeChange({ before, after, kept }: Change): string {
  const others =
    kept.length === 0
      ? "there is no other variable"
      : `${kept.length} other ${kept.length === 1 ? "variable stays" : "variables stay"}: ${kept.join(", ")}`;
  return [
    ...(before === undefined ? [] : [`  - ${variable}=${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`  + ${variable}=${JSON.stringify(after)}`]),
    `    ${others}`,
  ].join("\n");
}
