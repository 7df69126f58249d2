/** Decimals as DynamoDB has them: up to 38 digits, of which a double holds about 15. */

/** DynamoDB's numbers reach from 1E-130 to 1E126 and are answered without an exponent. */
const pattern = /^([+-]?)(\d{1,200})(?:\.(\d{1,200}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** A decimal in any notation. */
export type DecimalText = string & { readonly decimal: unique symbol };

export const isDecimal = (text: string): text is DecimalText => pattern.test(text);

/** Less than, equal to or greater than 0, as a sorting order; exact. */
export function compareDecimals(one: DecimalText, other: DecimalText): number {
  const [first, second] = [parse(one), parse(other)];
  const exponent = Math.min(first.exponent, second.exponent);
  const [left, right] = [scaled(first, exponent), scaled(second, exponent)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** The number, where a double is exactly that decimal to every reader; otherwise its text. */
export function exactNumber(text: string): number | string {
  const number = Number(text);
  const shortest = String(number);
  return isDecimal(text) && isDecimal(shortest) && compareDecimals(text, shortest) === 0 ? number : text;
}

function parse(text: DecimalText): Decimal {
  const [, sign = "", whole = "0", fraction = "", exponent = "0"] = pattern.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  return {
    digits: sign === "-" ? -digits : digits,
    exponent: Number(exponent) - fraction.length,
  };
}

const scaled = ({ digits, exponent }: Decimal, to: number): bigint => digits * 10n ** BigInt(exponent - to);
