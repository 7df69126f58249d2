import { unzipSync } from "fflate";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/** Unzips a bundle into a folder of its own; what an earlier version left there is removed. */
export function unzipBundle(zip: Uint8Array, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    if (name.endsWith("/")) continue;
    const file = join(folder, name);
    if (!file.startsWith(resolve(folder) + sep)) {
      throw new Error(`The bundle has an entry outside of its folder: ${name}. Bundle the function again.`);
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
