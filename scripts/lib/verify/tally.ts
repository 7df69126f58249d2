/** Counts what has been looked at, for people who wait. */
export interface Tally {
  /** So many more will be looked at. */
  expect(count: number): void;
  looked(): void;
}

/** @param onChange how many have been looked at, and of how many that are known until now. */
export function tallyOf(onChange: (looked: number, of: number) => void): Tally {
  let looked = 0;
  let expected = 0;
  return {
    expect(count) {
      expected += count;
    },
    looked() {
      looked += 1;
      onChange(looked, expected);
    },
  };
}
