import { CouldNotTell } from "../errors";

const dayMilliseconds = 86_400_000;
/** More than any trail keeps (stacks/environments.ts, auditRetentionDays). */
const mostDays = 400;

/**
 * The days from one to another, both included, in UTC, as CloudTrail names its folders: `2026/11/21`.
 *
 * @param from the day of `to` when it is left out; @param to today when it is left out. Both `YYYY-MM-DD`.
 * @throws CouldNotTell for what is no day, an end before the beginning, or more than 400 days.
 */
export function daysBetween(from: string | undefined, to: string | undefined, now: Date): readonly string[] {
  const last = to === undefined ? startOfDay(now.getTime()) : parseDay("--to", to);
  const first = from === undefined ? last : parseDay("--from", from);
  const count = Math.round((last - first) / dayMilliseconds) + 1;
  if (count < 1) throw new CouldNotTell("--from is after --to: swap them.");
  if (count > mostDays) throw new CouldNotTell(`--from to --to is ${count} days: take at most ${mostDays}.`);
  return Array.from({ length: count }, (_, day) =>
    new Date(first + day * dayMilliseconds).toISOString().slice(0, 10).replaceAll("-", "/"),
  );
}

const startOfDay = (time: number): number => Math.floor(time / dayMilliseconds) * dayMilliseconds;

function parseDay(option: string, text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) {
    throw new CouldNotTell(`${option} takes a day in UTC such as 2026-11-21; found ${JSON.stringify(text)}.`);
  }
  return time;
}
