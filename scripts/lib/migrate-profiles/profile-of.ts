/** The profile that a text of JSON holds, or why it holds none. */

import * as v from "valibot";
import { newProfile, type Profile } from "../../../functions/agent-matching/model";
import { timestamp as timestampSchema } from "../../../functions/shared/input";
import { Refusal } from "../../../functions/shared/refusal";
import type { Rejection } from "./rejection";

/** Longer texts are not read: an item of 400 KB takes less, however it is written. */
export const textLimitBytes = 4 * 1024 * 1024;

export interface Candidate {
  readonly bytes: Uint8Array;
  /** For a profile that has none; an element of an array must have its own. */
  readonly id: string | undefined;
  /** When its file changed last. */
  readonly modified: Date;
}

export type Judgement = { readonly profile: Profile } | { readonly rejection: Rejection };

/**
 * A repeated run makes the same profile: the time is the profile's own, or the file's, never the clock's.
 * Whatever goes wrong with one profile is that profile's: the others are read all the same.
 */
export function profileOf(candidate: Candidate): Judgement {
  try {
    return judge(candidate);
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.code, error.message, error.field);
    const name = error instanceof Error ? error.name : "no error";
    return refuse("invalid", `It cannot be read as a profile (${name}). Compare it with one that can.`);
  }
}

/** @throws Refusal where it is JSON, but no profile. */
function judge({ bytes, id, modified }: Candidate): Judgement {
  const text = decode(bytes);
  if (text === undefined) return refuse("not-utf-8", "It is no text in UTF-8. Save it as UTF-8.");
  if (text.trim() === "") return refuse("empty", "It is empty.");
  const given = parse(text);
  if (given === undefined)
    return refuse("not-json", "It is not JSON. Check its commas, quotes and brackets.");
  if (id === undefined && lacksId(given.value)) {
    return refuse("no-id", "An element of an array needs an id of its own.", "id");
  }
  return { profile: newProfile(given.value, { id: id ?? "", timestamp: timeOf(given.value, modified) }) };
}

export const refuse = (
  code: Rejection["code"],
  reason: string,
  field?: string,
): { readonly rejection: Rejection } => ({ rejection: { code, ...(field && { field }), reason } });

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A byte order mark is no part of the text. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const member = (given: unknown, name: string): unknown =>
  typeof given === "object" && given !== null ? (Reflect.get(given, name) as unknown) : undefined;

const lacksId = (given: unknown): boolean =>
  typeof given === "object" && given !== null && !Array.isArray(given) && !Object.hasOwn(given, "id");

const timeOf = (given: unknown, modified: Date): string =>
  utcTime(member(given, "timestamp")) ?? modified.toISOString();

/** ISO 8601 as Python writes it, too: microseconds are cut off, and a time without a zone is UTC's. */
const isoPattern = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/** @returns nothing where it is no such time. */
export function utcTime(given: unknown): string | undefined {
  const [, seconds, fraction = "", zone = "Z"] =
    isoPattern.exec(typeof given === "string" ? given : "") ?? [];
  if (seconds === undefined) return undefined;
  const local = `${seconds.replace(" ", "T")}.${fraction.padEnd(3, "0").slice(0, 3)}`;
  if (!v.is(timestampSchema, `${local}Z`)) return undefined;
  const time = new Date(local + zone);
  // Years of five digits do not sort.
  return Number.isNaN(time.getTime()) || !v.is(timestampSchema, time.toISOString())
    ? undefined
    : time.toISOString();
}
