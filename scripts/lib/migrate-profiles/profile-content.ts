/** What a profile's file holds: what was once handed in, so that a migration makes the same item of it again. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { newProfile } from "../../../functions/agent-matching/model";
import { isTime } from "../../../functions/shared/clock";
import { Refusal } from "../../../functions/shared/refusal";
import { fileNameOf } from "./profile-file";
import type { Item } from "./same-item";

export interface ProfileFile {
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** When the profile was stored: a migration takes it from the file where the content does not say. */
  readonly modified?: Date;
}

export function profileFile(item: Item): ProfileFile {
  const id = item["id"]?.S ?? "";
  const { name, hasId } = fileNameOf(id);
  const content = contentOf(item, id);
  const timestamp = item["timestamp"]?.S;
  return {
    name,
    content: hasId || content["id"] === id ? content : { ...content, id },
    ...(isTime(timestamp) && { modified: new Date(timestamp) }),
  };
}

/** The original; of an item that another program has stored without one, its attributes. */
function contentOf(item: Item, id: string): Readonly<Record<string, unknown>> {
  const original = item["profile_data"]?.M;
  if (original !== undefined) {
    const content = jsonMap(original);
    if (isProfile(content, id)) return content;
  }
  return jsonMap(item);
}

function isProfile(content: unknown, id: string): boolean {
  try {
    return newProfile(content, { id, timestamp: "" }).id === id;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const jsonMap = (map: Record<string, AttributeValue>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, jsonOf(value)]));

/** Sets become arrays and bytes base64: JSON has neither. */
function jsonOf(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.NS !== undefined) return value.NS.map(Number);
  if (value.M !== undefined) return jsonMap(value.M);
  if (value.L !== undefined) return value.L.map(jsonOf);
  if (value.B !== undefined) return base64(value.B);
  if (value.BS !== undefined) return value.BS.map(base64);
  return value.S ?? value.BOOL ?? value.SS ?? null;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
