/** The pages' blocks that call the HTTP APIs. */

import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { commandBlocks, isWalk, pages, type CommandBlock } from "./documents";
import { cleanVariables } from "./scripts";

export const walks: readonly CommandBlock[] = pages().flatMap(commandBlocks).filter(isWalk);

/**
 * Runs a block as it stands in its page, up to the first command that fails.
 *
 * @param variables those that `npm run local` and the quickstart print.
 * @returns what it printed.
 */
export async function walk({ commands }: CommandBlock, variables: NodeJS.ProcessEnv): Promise<string> {
  const script = ["set -euo pipefail", ...commands].join("\n");
  const env = { ...cleanVariables(variables), CI: "1" };
  const { code, stdout, stderr } = await run("bash", ["-c", script], { cwd: root, env });
  expect({ code, output: code === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({ code: 0, output: "" });
  return stdout;
}

/**
 * The one block in which a text stands.
 *
 * @throws Error when there is none, or another.
 */
export function walkWith(text: string): CommandBlock {
  const found = walks.filter(({ commands }) => commands.some((command) => command.includes(text)));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) throw new Error(`"${text}" stands in ${found.length} blocks.`);
  return only;
}
