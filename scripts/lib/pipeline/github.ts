/** GitHub's REST API through `gh`, which every runner has, with the job's own token. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CouldNotTell } from "../errors";
import { run } from "../process";

/** Whose token a job has: a comment of a person that begins with our marker is left alone. */
const author = "github-actions[bot]";

/** `owner/name`. */
export type Repository = string;

interface Written {
  readonly id: number;
  readonly number?: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: object;
}

/**
 * Writes a comment, over the one with the same marker where there is one (GitHub: "REST API endpoints for issue
 * comments").
 *
 * @throws CouldNotTell when GitHub refuses.
 */
export async function keepComment(
  repository: Repository,
  pullRequest: string,
  { marker, body }: { readonly marker: string; readonly body: string },
): Promise<"created" | "updated"> {
  const comments = `repos/${repository}/issues/${pullRequest}/comments`;
  const ours = (await list(comments)).find((comment) => isOurs(comment, marker));
  if (ours === undefined) await send("POST", comments, { body });
  else await send("PATCH", `repos/${repository}/issues/comments/${ours.id}`, { body });
  return ours === undefined ? "created" : "updated";
}

/** Opens the issue with a marker, or writes over the one that is open. */
export async function keepIssue(
  repository: Repository,
  { marker, title, body }: { readonly marker: string; readonly title: string; readonly body: string },
): Promise<"opened" | "updated"> {
  const open = await findIssue(repository, marker);
  if (open === undefined) await send("POST", `repos/${repository}/issues`, { title, body });
  else await send("PATCH", `repos/${repository}/issues/${open}`, { title, body });
  return open === undefined ? "opened" : "updated";
}

/** Closes the issue with a marker, saying why; nothing happens where none is open. */
export async function closeIssue(
  repository: Repository,
  { marker, because }: { readonly marker: string; readonly because: string },
): Promise<"closed" | "none open"> {
  const open = await findIssue(repository, marker);
  if (open === undefined) return "none open";
  await send("POST", `repos/${repository}/issues/${open}/comments`, { body: because });
  await send("PATCH", `repos/${repository}/issues/${open}`, { state: "closed" });
  return "closed";
}

async function findIssue(repository: Repository, marker: string): Promise<number | undefined> {
  // Pull requests are issues to this call, too.
  const issues = await list(`repos/${repository}/issues?state=open&per_page=100`);
  return issues.find((issue) => issue.pull_request === undefined && isOurs(issue, marker))?.number;
}

const isOurs = ({ user, body }: Written, marker: string): boolean =>
  user?.login === author && (body ?? "").startsWith(marker);

/** All pages, each of which is a list. */
async function list(path: string): Promise<readonly Written[]> {
  const answer = await gh(["--paginate", "--slurp", path]);
  return (JSON.parse(answer) as readonly (readonly Written[])[]).flat();
}

/** By a file: a body may be longer than what the arguments of a program may be. */
async function send(method: "POST" | "PATCH", path: string, content: object): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "github-"));
  const file = join(folder, "content.json");
  try {
    writeFileSync(file, JSON.stringify(content));
    await gh(["--method", method, path, "--input", file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function gh(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("gh", ["api", ...args], { env: process.env });
  if (code === 0) return stdout;
  const [reason = ""] = stderr.trim().split("\n");
  throw new CouldNotTell(`GitHub did not do it: ${reason || `gh ended with ${code}`}`);
}
