import { readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** `ps` with each process's environment behind its arguments: there stands whose Terraform it is. */
const flags = process.platform === "darwin" ? "axEww" : "axeww";

/**
 * The running processes that mention a text in arguments or environment; the dead that nobody reaped do not
 * count.
 */
export function processesWith(text: string): readonly string[] {
  const lines = execFileSync("ps", [flags, "-o", "pid=,stat=,args="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  }).split("\n");
  return lines
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => line.trim().slice(0, 120));
}

/** Waits until no process mentions a text: a watchdog needs a moment to see that its owner has gone. */
export async function untilGone(text: string, milliseconds = 15_000): Promise<readonly string[]> {
  const deadline = Date.now() + milliseconds;
  while (processesWith(text).length > 0 && Date.now() < deadline) await sleep(100);
  return processesWith(text);
}

/** The folder names below a folder, and nothing when it is not there. */
export function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
