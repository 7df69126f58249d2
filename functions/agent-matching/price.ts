/** Prices are exact: a decimal that is never calculated with in floating point. */

import * as v from "valibot";
import type { DecimalText } from "../shared/decimal";

/** A decimal such as 85 or 79.95, without needless zeros: as DynamoDB gives numbers back. */
export type Price = DecimalText & { readonly price: unique symbol };

/** Together at most 15 digits: a double holds each of them, and JSON readers give back what was written. */
const pricePattern = /^\d{1,11}(\.\d{1,4})?$/;

const rule = "must be a price from 0 with at most 11 digits before the point and 4 behind it";

/** A price, as a number or as text. */
export const price = v.pipe(
  v.union([v.number(), v.string()], rule),
  v.transform(String),
  v.regex(pricePattern, rule),
  v.transform(withoutNeedlessZeros),
);

function withoutNeedlessZeros(text: string): Price {
  const [whole = "", fraction = ""] = text.split(".");
  const [shortWhole, shortFraction] = [whole.replace(/^0+(?=\d)/, ""), fraction.replace(/0+$/, "")];
  return (shortFraction === "" ? shortWhole : `${shortWhole}.${shortFraction}`) as Price;
}
