/** The workflows of a stack. */

import { DescribeStateMachineCommand, StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import { isDeepStrictEqual } from "node:util";
import { declared } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent, deployStack, same, sameFields } from "./same";

export const workflowLooks: Looks = (context) =>
  context.stack.all("aws_sfn_state_machine").map(([, block]): Look => ({
    kind: "workflow",
    name: block.name,
    see: () => seeWorkflow(context, block),
  }));

async function seeWorkflow(
  { clients: { states }, references }: Context,
  expected: Declared<"aws_sfn_state_machine">,
): Promise<Seen> {
  const stateMachineArn = references.arn("states", `stateMachine:${expected.name}`);
  const live = await unlessAbsent(
    states.send(new DescribeStateMachineCommand({ stateMachineArn })),
    StateMachineDoesNotExist,
  );
  if (live === undefined) return { differences: [absent("a workflow")] };
  const differences = await aspects(
    Promise.resolve([
      ...same("status", "ACTIVE", live.status ?? "ACTIVE"),
      ...same("type", expected.type, live.type),
      ...same("tracing", expected.tracing_configuration.enabled, live.tracingConfiguration?.enabled ?? false),
    ]),
    aspect("role", async () => same("role", await references.resolve(expected.role_arn), live.roleArn)),
    aspect("logging", async () => {
      const logging = await references.resolve(expected.logging_configuration);
      const found = live.loggingConfiguration;
      return sameFields(
        "logging.",
        {
          level: logging?.level ?? "OFF",
          // Off, it keeps the input and output of executions out of the log.
          data: logging?.include_execution_data ?? false,
          destination: logging?.log_destination,
        },
        {
          level: found?.level ?? "OFF",
          data: found?.includeExecutionData ?? false,
          destination: found?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn,
        },
      );
    }),
    aspect("definition", async () =>
      definitionDifferences(await references.resolve(expected.definition), live.definition),
    ),
  );
  return { differences };
}

/** State by state; what of one differs is seen best in the console. */
export function definitionDifferences(expected: string, actual = "{}") {
  const [{ States: wanted = {}, ...frame }, { States: found = {}, ...liveFrame }] = [expected, actual].map(
    (text) => JSON.parse(text) as { readonly States?: Readonly<Record<string, unknown>> },
  ) as [Definition, Definition];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return [
    ...names
      .filter((name) => !isDeepStrictEqual(wanted[name], found[name]))
      .map((name) => {
        const [here, there] = [wanted[name], found[name]].map((state) => state !== undefined);
        const is = there ? (here ? "differs" : "present") : "absent";
        return declared(`definition.${name}`, here ? "as declared" : "absent", is, deployStack);
      }),
    ...(isDeepStrictEqual(frame, liveFrame)
      ? []
      : [declared("definition", "as declared", "start or timeout differs", deployStack)]),
  ];
}

interface Definition {
  readonly States?: Readonly<Record<string, unknown>>;
}
