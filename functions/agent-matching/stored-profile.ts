/** Profiles as items: written exactly, and read as far as they can be, whoever wrote them. */

import { NumberValue } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import type { agentProfiles } from "../../tables/agent-profiles";
import { isDecimal, type DecimalText } from "../shared/decimal";
import { storedText } from "../shared/stored";
import type { Profile } from "./model";

type Attribute = keyof (typeof agentProfiles)["attributes"];

/** What lists and matches show: a profile without what was handed in. */
export interface ProfileSummary extends Omit<Profile, "averagePrice" | "profile_data"> {
  /** Absent where another program has stored something else than a decimal. */
  readonly averagePrice?: DecimalText | undefined;
}

export interface StoredProfile extends ProfileSummary {
  /** What was handed in, or what another program has stored in its place. */
  readonly profile_data: Readonly<Record<string, unknown>>;
}

export const summaryAttributes = [
  ...(["id", "name", "address", "job", "averagePrice", "tags"] as const),
  ...(["location", "location_city", "description", "timestamp"] as const),
] satisfies readonly (Attribute & keyof ProfileSummary)[];

/** The item of a profile; its price never passes through a double. */
export const itemOf = ({ averagePrice, ...profile }: Profile) => ({
  ...profile,
  averagePrice: NumberValue.from(averagePrice),
});

const decimal = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => String(value).trim()),
  v.custom<DecimalText>((text) => isDecimal(String(text))),
);
/** The SDK reads a string set as a Set. */
const texts = v.pipe(
  v.union([v.array(v.unknown()), v.set(v.unknown())]),
  v.transform((values) => [...values].filter((value) => typeof value === "string")),
);

const summary = {
  id: storedText,
  name: storedText,
  address: storedText,
  job: storedText,
  averagePrice: v.fallback(v.optional(decimal), undefined),
  tags: v.fallback(texts, []),
  location: v.fallback(texts, []),
  location_city: storedText,
  description: storedText,
  timestamp: storedText,
};
function isMap(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return !(Array.isArray(value) || value instanceof Set || value instanceof Uint8Array);
}

const profileSummary = v.object(summary);
const storedProfile = v.object({
  ...summary,
  profile_data: v.fallback(v.custom<StoredProfile["profile_data"]>(isMap), {}),
});

export const readSummary = (item: object): ProfileSummary => v.parse(profileSummary, item);

export const readProfile = (item: object): StoredProfile => v.parse(storedProfile, item);
