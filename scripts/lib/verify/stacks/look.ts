/** How one thing of a stack is looked at. */

import type { StackId } from "../../../../stacks/naming";
import { describeError } from "../../errors";
import { unreadable } from "../comparison";
import type { Difference, Subject } from "../finding";
import { Unread } from "../reading";
import type { StackClients } from "./clients";
import type { DeclaredStack, DeclaredStacks } from "./declared-stack";
import type { References } from "./references";

/** What a look needs besides the thing itself. */
export interface Context {
  readonly stack: DeclaredStack;
  /** Of the whole environment. */
  readonly all: DeclaredStacks;
  /** Those that are verified, in order. */
  readonly asked: readonly StackId[];
  readonly references: References;
  readonly clients: StackClients;
}

export interface Seen {
  readonly differences: readonly Difference[];
  /** What it is doing, where that is no drift. */
  readonly state?: string;
}

/** One thing to look at; what it throws makes all of it unknown. */
export interface Look extends Omit<Subject, "stack"> {
  readonly see: () => Promise<Seen>;
}

/** All things of a family that a stack has. */
export type Looks = (context: Context) => readonly Look[] | Promise<readonly Look[]>;

/** An aspect that could not be read hides no other: it is unknown, and never passes for right. */
export const aspect = (
  path: string,
  compare: () => Promise<readonly Difference[]>,
): Promise<readonly Difference[]> => compare().catch((error: unknown) => [unread(path, error)]);

/** Several aspects, side by side. */
export async function aspects(
  ...all: readonly Promise<readonly Difference[]>[]
): Promise<readonly Difference[]> {
  return (await Promise.all(all)).flat();
}

export const unread = (path: string, error: unknown): Difference =>
  unreadable(path, new Unread(describeError(error)), checkAccess);

const checkAccess = "Check credentials, region, endpoint and the rights of the verifier's policy.";

/** The answer, or nothing where AWS says by the error's name that there is none: not all have classes. */
export function unlessNamed<T>(answer: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  });
}

/** The answer, or nothing where AWS says that there is no such thing. */
export function unlessAbsent<T>(
  answer: Promise<T>,
  ...absent: readonly (abstract new (...args: never[]) => Error)[]
): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (absent.some((kind) => error instanceof kind)) return undefined;
    throw error;
  });
}
