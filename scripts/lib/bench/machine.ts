import { cpus } from "node:os";

const processors = cpus();

/** What a reader has to know before comparing two results. */
export const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: processors.length,
  processor: processors[0]?.model.trim() ?? "unknown",
} as const;

export function describeMachine(engine: string): string {
  const { node, platform, cores, processor } = machine;
  return `Node ${node} on ${platform}, ${cores} cores (${processor}); DynamoDB is ${engine} on this machine.`;
}
