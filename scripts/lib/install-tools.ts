/**
 * Finds or installs Terraform, its provider and moto before the tests, which run side by side and would install them
 * twice. A tool that cannot be had ends `npm test` here, with the sentence that says how to get it.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMoto } from "../local/moto";
import { describeError, exitCodes } from "./errors";
import { fetchProvider, prepareTerraform } from "./terraform";

async function installTools(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tools-"));
  try {
    const terraform = await prepareTerraform(folder, process.env);
    await fetchProvider(terraform, folder, process.env);
    const { version, provider } = terraform;
    console.error(`Terraform ${version}; AWS provider from: ${Object.values(provider).join(" ")}.`);
    console.error(`moto: ${await findMoto(process.env)}.`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

installTools().catch((error: unknown) => {
  console.error(describeError(error));
  process.exit(exitCodes.couldNotTell);
});
