/**
 * The answer is no: a guard refused, or AWS did. Says why, and what to do next. Exit 1.
 */
export class Refused extends Error {
  override readonly name = "Refused";
}
