/** Reading items that another program may have written: what cannot be read is absent, empty or nothing. */

import * as v from "valibot";
import { isTime } from "./clock";

/** A time in any form that can be read. There is no stand-in for one. */
export const storedTime = v.pipe(
  v.string(),
  v.check((text) => isTime(text)),
);

export const storedNumber = v.fallback(v.pipe(v.number(), v.finite()), 0);

export const storedText = v.fallback(v.string(), "");
