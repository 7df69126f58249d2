/** The profiles of a source one by one, and what is none. */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Profile } from "../../../functions/agent-matching/model";
import { profileOf } from "./profile-of";
import type { Place, Rejection } from "./rejection";
import { readSource, type Position, type Source } from "./source";

export type Judged = { readonly after: Position } & (
  | { readonly kind: "profile"; readonly place: Place; readonly profile: Profile }
  | { readonly kind: "rejected"; readonly place: Place; readonly rejection: Rejection }
  | { readonly kind: "passed"; readonly isIgnored: boolean }
);

/** Reading is synchronous: Ctrl-C and answers of AWS are heard in between. */
const foundInOneTurn = 100;

/**
 * @throws SourceChanged before anything is found, when the position does not fit the source.
 * @throws the signal's reason when it is aborted.
 */
export async function* judged(source: Source, from: Position, signal: AbortSignal): AsyncGenerator<Judged> {
  let found = 0;
  for (const part of readSource(source, from)) {
    found += 1;
    if (found % foundInOneTurn === 0) await nextTurn();
    signal.throwIfAborted();
    if (part.kind !== "candidate") {
      yield part;
      continue;
    }
    const { place, after } = part;
    const judgement = profileOf(part.candidate);
    yield "profile" in judgement
      ? { kind: "profile", place, after, profile: judgement.profile }
      : { kind: "rejected", place, after, rejection: judgement.rejection };
  }
}
