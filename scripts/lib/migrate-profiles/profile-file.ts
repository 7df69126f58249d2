/** How a profile's file is called: by its id, so that a migration finds the id again. */

import { createHash } from "node:crypto";
import { isIdentifier } from "../../../functions/shared/input";

export const extension = ".json";

/** Most file systems: bytes of a name. */
const nameLimitBytes = 255;

/**
 * The name of a profile's file. A name holds no `/`, is not hidden by accident and fits every file system.
 *
 * @returns `hasId` when the id can be read back from it; otherwise the content must have it.
 */
export function fileNameOf(id: string): { readonly name: string; readonly hasId: boolean } {
  const encoded = encodedId(id);
  const names = [encoded, id].filter((name): name is string => name !== undefined && fits(name));
  const name = names.find((each) => idOfFile(`${each}${extension}`) === id);
  return name === undefined
    ? { name: `sha256-${createHash("sha256").update(id).digest("hex")}${extension}`, hasId: false }
    : { name: `${name}${extension}`, hasId: true };
}

/** The id that a file's name stands for: decoded where it is what `encodeURIComponent` gives, else as it is. */
export function idOfFile(fileName: string): string {
  const base = fileName.slice(0, -extension.length);
  try {
    const id = decodeURIComponent(base);
    return encodeURIComponent(id) === base && isIdentifier(id) ? id : base;
  } catch {
    return base;
  }
}

const fits = (name: string): boolean =>
  !/[/\\\0]/.test(name) && Buffer.byteLength(name + extension) <= nameLimitBytes;

/** Half a character, which another program may have stored, cannot be encoded. */
function encodedId(id: string): string | undefined {
  try {
    return encodeURIComponent(id);
  } catch {
    return undefined;
  }
}
