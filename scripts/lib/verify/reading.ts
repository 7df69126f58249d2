import { describeError } from "../errors";

/** An answer that AWS refused or did not give. */
export class Unread {
  constructor(readonly reason: string) {}
}

export type Reading<T> = T | Unread;

/** What a call answers; its failure is an answer, too, and hides no other. */
export const reading = <T>(answer: Promise<T>): Promise<Reading<T>> =>
  answer.catch((error: unknown) => new Unread(describeError(error)));

/** All pages of an answer, one after the other. */
export async function allPages<T>(
  ask: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token);
    all.push(...items);
    // AWS ends with no token; others with an empty one.
    token = next || undefined;
  } while (token !== undefined);
  return all;
}
