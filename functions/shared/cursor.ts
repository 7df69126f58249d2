/** Where a list goes on: opaque to its caller, and checked when it comes back. */

import * as v from "valibot";
import { Refusal } from "./refusal";

export const encodeCursor = (position: object): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

/** @throws Refusal `malformed` when it is none that `encodeCursor` has made. */
export function decodeCursor<S extends v.GenericSchema>(schema: S, cursor: string): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new Refusal("malformed", "The cursor is not one of this list. Begin without one.", "cursor");
  }
}
