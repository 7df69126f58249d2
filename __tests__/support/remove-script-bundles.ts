import { rmSync } from "node:fs";
import { bundlesVariable } from "./script-bundles";

/** Jest's global tear-down. */
export default function removeScriptBundles(): void {
  const folder = process.env[bundlesVariable];
  if (folder) rmSync(folder, { recursive: true, force: true });
}
