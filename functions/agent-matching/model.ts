/** A profile as document 002 has it, made from what an agent or a JSON file hands in. */

import * as v from "valibot";
import { agentProfiles as spec } from "../../tables/agent-profiles";
import { identifier, parseInput } from "../shared/input";
import { itemBytes, itemLimitBytes } from "../shared/item-size";
import { hasStorableTexts, isStorableText, jsonObject, type JsonObject } from "../shared/json-value";
import { Refusal } from "../shared/refusal";
import { price, type Price } from "./price";

export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  /** In its key form. */
  readonly job: string;
  readonly averagePrice: Price;
  readonly tags: readonly string[];
  /** From the widest part to the narrowest. */
  readonly location: readonly string[];
  /** The narrowest part of the location, in its key form. */
  readonly location_city: string;
  readonly description: string;
  /** When it was stored. */
  readonly timestamp: string;
  /** What was handed in. */
  readonly profile_data: JsonObject;
}

/**
 * The form in which jobs and cities are keys, so that "Plumber" and " plumber" are one: without outer and
 * double spaces, in lower case, and composed after that: "J\u030c" has a composed form in lower case only. The key
 * form of a key form is itself. `profile_data` keeps what was written.
 */
export const keyForm = (text: string): string =>
  text.toLowerCase().normalize("NFC").trim().replace(/\s+/g, " ");

/** One line of text with at most so many characters. */
export const line = (most: number) =>
  v.pipe(
    v.string(),
    v.check(isStorableText, "must not hold half of a surrogate pair"),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(most, `must have at most ${most} characters`),
  );
const prose = (most: number) =>
  v.optional(v.pipe(v.string(), v.maxLength(most, `must have at most ${most} characters`)), "");
const lines = (most: number) =>
  v.pipe(v.array(line(200)), v.maxLength(most, `must have at most ${most} entries`));

const handedInData = v.pipe(
  jsonObject,
  v.check<JsonObject, string>(hasStorableTexts, "must not hold half of a surrogate pair"),
);

/** Fields beside these are kept in `profile_data`. */
const profile = v.object({
  name: line(200),
  job: line(200),
  averagePrice: price,
  location: v.pipe(lines(10), v.nonEmpty("must not be empty")),
  address: prose(500),
  tags: v.optional(lines(50), []),
  description: prose(10_000),
});

export interface ProfileIdentity {
  /** Where the profile has none of its own. */
  readonly id: string;
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string;
}

/**
 * The profile of what was handed in.
 *
 * @throws Refusal `malformed` when it is no JSON object, `invalid` when a field is missing or wrong, `too-large`
 * when DynamoDB could not hold it.
 */
export function newProfile(given: unknown, otherwise: ProfileIdentity): Profile {
  const handedIn = v.safeParse(v.looseObject({}), given);
  if (!handedIn.success || Array.isArray(given))
    throw new Refusal("malformed", "A profile is a JSON object.");
  const profile_data = parseInput(handedInData, given);
  const { id, ...known } = parseInput(
    v.object({ id: v.optional(identifier, otherwise.id), ...profile.entries }),
    given,
  );
  const stored: Profile = {
    ...known,
    id,
    job: keyForm(known.job),
    location_city: keyForm(known.location.at(-1) ?? ""),
    timestamp: otherwise.timestamp,
    profile_data,
  };
  // The price is stored as a number, which may take another number of bytes than its text.
  if (itemBytes({ ...stored, averagePrice: Number(stored.averagePrice) }) > itemLimitBytes) {
    throw new Refusal(
      "too-large",
      `The profile is larger than the ${itemLimitBytes / 1024} KB of an item of ${spec.name}.`,
    );
  }
  return stored;
}
