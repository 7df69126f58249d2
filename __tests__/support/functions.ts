import { strToU8, zipSync } from "fflate";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionDefinition } from "../../scripts/local/functions/function";

/** A bundle as esbuild makes one: a single index.js. */
export const bundle = (source: string): Uint8Array => zipSync({ "index.js": strToU8(source) });

/** A function of the given source, with changes of its definition. */
export const defineFunction = (
  source: string,
  changes: Partial<FunctionDefinition> = {},
): FunctionDefinition => ({
  name: "trade-status-api-local",
  zip: bundle(source),
  handler: "index.handler",
  environment: {},
  timeoutSeconds: 30,
  memoryMegabytes: 256,
  ...changes,
});

/** A folder that a test file has to itself. */
export function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "functions-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
