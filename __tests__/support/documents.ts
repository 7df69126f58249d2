import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../scripts/lib/paths";

/** The commands of one `sh` block of a page, as they stand there. */
export interface CommandBlock {
  readonly page: string;
  readonly commands: readonly string[];
}

/** Every page that people read: the README and all below docs/. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return ["README.md", ...docs.sort()];
}

export const readPage = (page: string): string => readFileSync(join(root, page), "utf8");

export function commandBlocks(page: string): readonly CommandBlock[] {
  const blocks = readPage(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, text = ""]) => ({ page, commands: text.trim().split("\n") }));
}

/** Whether a block calls the HTTP APIs, or asks the agent, of stacks that are deployed on the local AWS. */
export const isWalk = ({ commands }: CommandBlock): boolean =>
  commands.some((command) => command.includes("$API_URL") || /^npm run .*ask -- --env local /.test(command));
