import { join } from "node:path";
import { unzipBundle } from "../../local/functions/bundle";
import type { FunctionDefinition } from "../../local/functions/function";
import { runtimeEnvironment } from "../../local/functions/runtime-environment";
import { CouldNotTell } from "../errors";
import { run } from "../process";

export interface ColdImportOptions {
  readonly times: number;
  /** Takes the unzipped bundle. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Nothing is called at the import; a function that did would be refused at once. */
const endpoint = "http://127.0.0.1:9";

/**
 * Milliseconds that fresh processes take to load the function's real bundle, with the function's variables;
 * the start of the process itself is not in them.
 */
export async function coldImports(
  definition: FunctionDefinition,
  { times, folder, signal }: ColdImportOptions,
): Promise<readonly number[]> {
  const taskRoot = join(folder, definition.name);
  unzipBundle(definition.zip, taskRoot);
  const env = runtimeEnvironment(definition, taskRoot, { endpoint });
  const args = [join(__dirname, "import-once.mjs"), taskRoot, definition.handler];
  const milliseconds: number[] = [];
  while (milliseconds.length < times) {
    const { code, stdout, stderr } = await run(process.execPath, args, { env, signal });
    const measured = Number(stdout.trim());
    if (code !== 0 || !(measured > 0)) {
      throw new CouldNotTell(`The bundle of ${definition.name} does not load:\n${stderr || stdout}`);
    }
    milliseconds.push(measured);
  }
  return milliseconds;
}
