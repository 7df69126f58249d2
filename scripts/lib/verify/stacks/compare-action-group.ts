/** Compares what Bedrock says of an agent's actions with its stack. Pure: no calls. */

import type { AgentActionGroup, Function as ActionFunction } from "@aws-sdk/client-bedrock-agent";
import { isDeepStrictEqual } from "node:util";
import { declared, undeclared, type Difference } from "../finding";
import type { Declared } from "./resource-schemas";
import { declareOrRemove, deployStack, same } from "./same";

type Expected = Declared<"aws_bedrockagent_agent_action_group">;

/** Which function carries the actions out, and each action by its name. */
export function actionGroupDifferences(
  path: string,
  expected: Expected,
  live: AgentActionGroup | undefined,
): readonly Difference[] {
  const functions = live?.functionSchema?.functions ?? [];
  const wanted = new Map(declaredFunctions(expected).map((one) => [one.name, one]));
  const found = new Map(functions.map((one) => [one.name ?? "", liveFunction(one)]));
  return [
    ...same(`${path}.state`, "ENABLED", live?.actionGroupState ?? "ENABLED"),
    ...same(`${path}.description`, expected.description, live?.description ?? ""),
    ...same(`${path}.function`, expected.action_group_executor[0]?.lambda, live?.actionGroupExecutor?.lambda),
    ...[...wanted]
      .filter(([name, one]) => !isDeepStrictEqual(one, found.get(name)))
      .map(([name]) =>
        declared(`${path}.${name}`, "as declared", found.has(name) ? "differs" : "absent", deployStack),
      ),
    ...[...found.keys()]
      .filter((name) => !wanted.has(name))
      .map((name) => undeclared(`${path}.${name}`, "an action", declareOrRemove)),
  ];
}

const declaredFunctions = ({ function_schema }: Expected) =>
  function_schema
    .flatMap(({ member_functions }) => member_functions)
    .flatMap(({ functions }) => functions)
    .map(({ name, description, parameters }) => ({
      name,
      description,
      parameters: Object.fromEntries(parameters.map(({ map_block_key: key, ...rest }) => [key, rest])),
    }));

const liveFunction = ({ name = "", description = "", parameters = {} }: ActionFunction) => ({
  name,
  description,
  parameters: Object.fromEntries(
    Object.entries(parameters).map(([key, parameter]) => [
      key,
      {
        type: parameter.type,
        description: parameter.description ?? "",
        required: parameter.required ?? false,
      },
    ]),
  ),
});
