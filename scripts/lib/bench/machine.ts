import { cpus, loadavg } from "node:os";
import { round } from "./statistics";

const processors = cpus();

/** What a reader has to know before comparing two results. */
export const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: processors.length,
  processor: processors[0]?.model.trim() ?? "unknown",
  /** Processes that wanted a core in the minute before: with more than there are cores, times are too long. */
  loadBefore: round(loadavg()[0] ?? 0),
} as const;

export function describeMachine(engine: string): string {
  const { node, platform, cores, processor, loadBefore } = machine;
  return (
    `Node ${node} on ${platform}, ${cores} cores (${processor}), load ${loadBefore.toFixed(1)} before; ` +
    `DynamoDB is ${engine} on this machine.`
  );
}
