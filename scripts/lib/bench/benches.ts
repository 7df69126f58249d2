import { CouldNotTell } from "../errors";
import type { Bench } from "./bench";
import { conversationsBench } from "./conversations-bench";
import { deployBench } from "./deploy-bench";
import { functionsBench } from "./functions-bench";
import { verifyBench } from "./verify-bench";

/** Everything that can be measured, by the name that people type. */
export const benches: ReadonlyMap<string, Bench> = new Map([
  ["functions", functionsBench],
  ["conversations", conversationsBench],
  ["deploy", deployBench],
  ["verify", verifyBench],
]);

/** @throws CouldNotTell with the known names when there is no such bench. */
export function benchNamed(name: string): Bench {
  const bench = benches.get(name);
  if (bench !== undefined) return bench;
  throw new CouldNotTell(`There is no bench "${name}". Use one of: ${[...benches.keys()].join(", ")}.`);
}
