/** What a profile's file holds: what was once handed in, so that a migration makes the same item of it again. */

import { newProfile } from "../../../functions/agent-matching/model";
import { isTime } from "../../../functions/shared/clock";
import { Refusal } from "../../../functions/shared/refusal";
import { jsonText } from "./exact-json";
import { fileNameOf } from "./profile-file";
import { utcTime } from "./profile-of";
import type { Item } from "./same-item";

export interface ProfileFile {
  readonly name: string;
  /** JSON with the table's numbers to the last digit. */
  readonly text: string;
  /** When the profile was stored: a migration takes it from the file where the content does not say. */
  readonly modified?: Date;
  /** Whether the content says another time, which a new migration takes: the profile came through the API. */
  readonly ownTimeDiffers: boolean;
}

export function profileFile(item: Item): ProfileFile {
  const id = item["id"]?.S ?? "";
  const { name, hasId } = fileNameOf(id);
  const content = contentOf(item, id);
  const timestamp = item["timestamp"]?.S;
  const ownTime = utcTime(content["timestamp"]?.S);
  return {
    name,
    text: jsonText(hasId || content["id"]?.S === id ? content : { ...content, id: { S: id } }),
    ownTimeDiffers: ownTime !== undefined && ownTime !== utcTime(timestamp),
    ...(isTime(timestamp) && { modified: new Date(timestamp) }),
  };
}

/** The original; of an item that another program has stored without one, its attributes. */
function contentOf(item: Item, id: string): Item {
  const original = item["profile_data"]?.M;
  return original !== undefined && isProfile(original, id) ? original : item;
}

/** Whether a migration would take it, which reads numbers as doubles. */
function isProfile(content: Item, id: string): boolean {
  try {
    return newProfile(JSON.parse(jsonText(content)), { id, timestamp: "" }).id === id;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
