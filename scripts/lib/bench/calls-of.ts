import type { FunctionDefinition } from "../../local/functions/function";
import { perEnvironment } from "../../../tables/naming";
import { CouldNotTell } from "../errors";
import { functionCalls } from "./function-calls";
import type { FunctionCalls } from "./measured-calls";

/**
 * The calls with which a function of the environment `local` is measured.
 *
 * @throws CouldNotTell when it has none: a function that is left out would pass for one that costs nothing.
 */
export function callsOf({ name }: FunctionDefinition): FunctionCalls {
  const id = Object.keys(functionCalls).find((one) => perEnvironment(one, "local") === name);
  const calls = id === undefined ? undefined : functionCalls[id];
  if (calls !== undefined) return calls;
  throw new CouldNotTell(
    `The function ${name} has no calls to measure: add them in scripts/lib/bench/function-calls.ts.`,
  );
}
