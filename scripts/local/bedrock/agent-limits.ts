/** What Bedrock checks of an agent and its parts (AWS: API reference of Agents for Amazon Bedrock, quotas). */

import type { FunctionSchema } from "@aws-sdk/client-bedrock-agent";
import { invalid } from "./agent-refusal";

interface Named {
  readonly name: string | undefined;
  readonly description: string | undefined;
}

const namePattern = /^([0-9a-zA-Z][_-]?){1,100}$/;
/** Characters. */
const lengths = {
  description: [1, 200],
  instruction: [40, 4000],
  functionDescription: [1, 1200],
  parameterDescription: [1, 500],
} as const;
const sessionSeconds = [60, 5400] as const;
/** Quotas of an account. */
const mostParameters = 5;
const mostFunctions = 11;

export function checkNamed(kind: string, { name, description }: Named): string {
  if (name === undefined || !namePattern.test(name)) {
    throw invalid(`Value at '${kind}Name' failed to satisfy constraint: ${namePattern.source}`);
  }
  checkLength("description", description, lengths.description);
  return name;
}

export function checkAgent(settings: {
  readonly instruction?: string | undefined;
  readonly idleSessionTTLInSeconds?: number | undefined;
}): void {
  checkLength("instruction", settings.instruction, lengths.instruction);
  const { idleSessionTTLInSeconds: seconds = 600 } = settings;
  const [least, most] = sessionSeconds;
  if (seconds < least || seconds > most) {
    throw invalid(`Value at 'idleSessionTTLInSeconds' failed to satisfy constraint: ${least} to ${most}`);
  }
}

export function checkFunctions(schema: FunctionSchema | undefined): void {
  const { functions = [] } = schema ?? {};
  if (functions.length > mostFunctions) throw invalid(`An agent has at most ${mostFunctions} functions`);
  for (const { name, description, parameters = {} } of functions) {
    checkNamed("function", { name, description: undefined });
    checkLength("functionDescription", description, lengths.functionDescription);
    const all = Object.entries(parameters);
    if (all.length > mostParameters) {
      throw invalid(`Function ${name ?? ""} has more than ${mostParameters} parameters`);
    }
    for (const [parameter, detail] of all) {
      checkNamed("parameter", { name: parameter, description: undefined });
      checkLength("parameterDescription", detail.description, lengths.parameterDescription);
    }
  }
}

function checkLength(
  field: string,
  text: string | undefined,
  [least, most]: readonly [number, number],
): void {
  if (text !== undefined && (text.length < least || text.length > most)) {
    throw invalid(`Value at '${field}' failed to satisfy constraint: length of ${least} to ${most}`);
  }
}
