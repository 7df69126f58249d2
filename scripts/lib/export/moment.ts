import { InvalidArgumentError } from "commander";

const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * A moment that a table had, from ISO 8601 with a zone.
 *
 * @throws InvalidArgumentError for another form, a day or time that there is none of, and the future.
 */
export function readMoment(text: string): Date {
  const moment = new Date(text);
  if (!form.test(text) || Number.isNaN(moment.getTime())) {
    throw new InvalidArgumentError("Give a time with its zone, such as 2025-12-30T14:00:00Z.");
  }
  if (!isOfCalendar(text)) throw new InvalidArgumentError("The calendar has no such time: correct it.");
  if (moment.getTime() > Date.now()) throw new InvalidArgumentError("That time is still to come.");
  return moment;
}

/** JavaScript takes 30 February for 2 March, and 24:00 for the next day. */
function isOfCalendar(text: string): boolean {
  const minute = text.slice(0, "2025-12-30T14:00".length);
  return new Date(`${minute}Z`).toISOString().startsWith(minute);
}
