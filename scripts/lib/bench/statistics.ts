export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  const middle = (sorted.length - 1) / 2;
  return {
    median: round((at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2),
    min: round(at(sorted, 0)),
    max: round(at(sorted, sorted.length - 1)),
  };
}

/** The smallest value that no fewer than `percent` of all values reach (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * values.length);
  return round(at(ascending(values), Math.max(rank, 1) - 1));
}

/** Clocks and emulators are not exact beyond that. */
export const round = (value: number): number => Math.round(value * 100) / 100;

const ascending = (values: readonly number[]): readonly number[] =>
  [...values].sort((one, other) => one - other);

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error("Nothing was measured: there is nothing to sum up.");
  return value;
}
