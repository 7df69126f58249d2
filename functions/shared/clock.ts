/** Where a function takes the time from; tests give their own. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** ISO 8601 in UTC with milliseconds: text that sorts by time. */
export const isoTime = (time: Date): string => time.toISOString();

/** Whether two texts name one time, in whatever form: other programs write without milliseconds. */
export const isSameTime = (one: string, other: string): boolean => Date.parse(one) === Date.parse(other);

export const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);

export const isTime = (value: unknown): value is string =>
  typeof value === "string" && !Number.isNaN(Date.parse(value));

/** Seconds from one ISO time to another, to the millisecond, never negative. */
export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
