/** Amounts in US dollars, exact to a billionth: a price per request has seven decimals. */

export type Dollars = bigint & { readonly unit: "a billionth of a US dollar" };

const decimals = 9;
const perDollar = 10n ** BigInt(decimals);
const perCent = perDollar / 100n;

export const noMoney = 0n as Dollars;

/**
 * An amount as a price list writes it, such as `0.00065`.
 *
 * @throws Error for anything else than digits with at most nine decimals.
 */
export function dollars(text: string): Dollars {
  const [, whole = "", fraction = ""] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === "") {
    throw new Error(`"${text}" is no amount: write digits with at most ${decimals} decimals.`);
  }
  return BigInt(whole + fraction.padEnd(decimals, "0")) as Dollars;
}

/** @param count a whole number, of units or hours. */
export const times = (amount: Dollars, count: number): Dollars => (amount * BigInt(count)) as Dollars;

/**
 * A part of an amount, to the nearest billionth of a dollar: half a read unit, a byte's share of a gigabyte. The
 * numbers are whole and not negative, so that nothing is lost before the one rounding.
 */
export const part = (amount: Dollars, numerator: bigint, denominator: bigint): Dollars =>
  ((amount * numerator + denominator / 2n) / denominator) as Dollars;

export const sum = (amounts: readonly Dollars[]): Dollars =>
  amounts.reduce((total, one) => (total + one) as Dollars, noMoney);

export const minus = (one: Dollars, other: Dollars): Dollars => (one - other) as Dollars;

/** To the cent, half a cent away from zero: `$9.49`, `-$0.95`. */
export function toCents(amount: Dollars): string {
  const cents = (sizeOf(amount) + perCent / 2n) / perCent;
  const text = `$${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
  return amount < 0n && cents > 0n ? `-${text}` : text;
}

/** The same of a difference: `+$4.75`, `-$4.75`, `$0.00`. */
export const toSignedCents = (amount: Dollars): string => {
  const text = toCents(amount);
  return amount > 0n && text !== toCents(noMoney) ? `+${text}` : text;
};

/** With all of its decimals, two at least: `4.745`. */
export function exactly(amount: Dollars): string {
  const digits = String(sizeOf(amount)).padStart(decimals + 1, "0");
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/0{1,7}$/, "");
  return amount < 0n ? `-${text}` : text;
}

const sizeOf = (amount: Dollars): bigint => (amount < 0n ? 0n - amount : amount);
