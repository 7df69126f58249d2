import { readFileSync } from "node:fs";

/**
 * The most memory that this process has held, in bytes. Linux keeps it for the program alone; `getrusage`
 * counts what the process was before it became this program.
 */
export function peakMemoryBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
