/** What differs between two looks at the same environment. */

import type { Finding, Subject } from "../finding";
import type { Report } from "../report";

/** A finding with the subject that it is of. */
export interface Told extends Finding, Pick<Subject, "stack" | "kind"> {}

export interface StateChange extends Subject {
  /** `null` where it had none, or was not there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Changes {
  readonly found: readonly Told[];
  readonly gone: readonly Told[];
  readonly states: readonly StateChange[];
}

/** @param before of the last look; none before the first one, which finds everything. */
export function changesBetween(before: readonly Report[], after: readonly Report[]): Changes {
  const [old, now] = [told(before), told(after)];
  return {
    found: [...now].filter(([key]) => !old.has(key)).map(([, finding]) => finding),
    gone: [...old].filter(([key]) => !now.has(key)).map(([, finding]) => finding),
    states: stateChanges(before, after),
  };
}

export const isNothing = ({ found, gone, states }: Changes): boolean =>
  found.length + gone.length + states.length === 0;

/** Findings by what they are: another value found at the same place is another finding. */
function told(reports: readonly Report[]): ReadonlyMap<string, Told> {
  const all = reports.flatMap(({ stack, kind, findings }) =>
    findings.map((finding) => ({ ...finding, stack, kind })),
  );
  return new Map(
    all.map((finding) => {
      const { stack, kind, subject, tier, path, expected, actual } = finding;
      return [JSON.stringify([stack, kind, subject, tier, path, expected, actual]), finding];
    }),
  );
}

function stateChanges(before: readonly Report[], after: readonly Report[]): readonly StateChange[] {
  const keyOf = ({ stack, kind, name }: Subject) => JSON.stringify([stack, kind, name]);
  const statesOf = (reports: readonly Report[]) =>
    new Map(reports.map((report) => [keyOf(report), report.state ?? null]));
  const [old, now] = [statesOf(before), statesOf(after)];
  const subjects = new Map([...before, ...after].map((report) => [keyOf(report), report]));
  return [...subjects].flatMap(([key, { stack, kind, name }]) => {
    const [from, to] = [old.get(key) ?? null, now.get(key) ?? null];
    return from === to ? [] : [{ stack, kind, name, from, to }];
  });
}
