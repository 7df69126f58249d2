/** Compares what Lambda says of a function with its stack. Pure: no calls. */

import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { declared, undeclared, unknown, type Difference } from "../finding";
import type { Declared } from "./resource-schemas";
import { declareOrRemove, deployStack, same, sameFields, sameOrUndeclared, sameSet } from "./same";

/** The code and what runs it: nothing of it names another resource. */
export function codeDifferences(
  expected: Declared<"aws_lambda_function">,
  live: FunctionConfiguration,
): readonly Difference[] {
  return [
    ...same(
      "code",
      expected.source_code_hash,
      live.CodeSha256,
      "Deploy the stack, or check out the commit that is deployed: it runs other code than this one's.",
    ),
    ...sameFields(
      "",
      {
        description: expected.description,
        handler: expected.handler,
        runtime: expected.runtime,
        memory: expected.memory_size,
        timeout: expected.timeout,
      },
      {
        description: live.Description ?? "",
        handler: live.Handler,
        runtime: live.Runtime,
        memory: live.MemorySize,
        timeout: live.Timeout,
      },
    ),
    ...sameSet("architecture", expected.architectures, live.Architectures ?? ["x86_64"]),
    ...extras(live),
  ];
}

/** What no function here has, and would change what one may reach or where its data goes. */
function extras({ VpcConfig, FileSystemConfigs = [] }: FunctionConfiguration): readonly Difference[] {
  const subnets = VpcConfig?.SubnetIds ?? [];
  return [
    ...(subnets.length > 0 ? [undeclared("vpc", subnets.join(", "), declareOrRemove)] : []),
    ...FileSystemConfigs.map(({ Arn = "a file system" }) => undeclared("fileSystems", Arn, declareOrRemove)),
  ];
}

/** A function that cannot run is drift; one that AWS is at work on is neither right nor wrong. */
export function stateDifferences({
  State = "Active",
  StateReasonCode,
  LastUpdateStatus,
  LastUpdateStatusReasonCode,
}: FunctionConfiguration): readonly Difference[] {
  const wait = "Wait until AWS has finished, then verify again.";
  const because = (reason: string | undefined) => (reason === undefined ? "" : `, ${reason}`);
  if (State === "Pending" || LastUpdateStatus === "InProgress") {
    return [unknown("state", "Active", State === "Pending" ? State : "being updated", wait)];
  }
  const state =
    State === "Active"
      ? []
      : [declared("state", "Active", `${State}${because(StateReasonCode)}`, stateRemedy(State))];
  return LastUpdateStatus === "Failed"
    ? [
        ...state,
        declared(
          "state.lastUpdate",
          "Successful",
          `Failed${because(LastUpdateStatusReasonCode)}`,
          deployStack,
        ),
      ]
    : state;
}

const stateRemedy = (state: string): string =>
  state === "Inactive"
    ? "Call it once: Lambda took its resources back while it was idle, and makes them again."
    : "Look at the reason in the console: its role, key or image cannot be used.";

/** Variables by name: a value may be a secret that somebody put in, so none is told. */
export function settingDifferences(
  expected: { readonly variables: Readonly<Record<string, string>>; readonly tracing: string },
  live: FunctionConfiguration,
): readonly Difference[] {
  const { Variables: actual = {}, Error: refused } = live.Environment ?? {};
  const tracing = same("tracing", expected.tracing, live.TracingConfig?.Mode ?? "PassThrough");
  if (refused !== undefined) {
    const reason = refused.ErrorCode ?? "no reason given";
    const remedy = "You need kms:Decrypt on the key that encrypts them.";
    return [...tracing, unknown("variables", "an answer from AWS", reason, remedy)];
  }
  return [
    ...tracing,
    ...Object.entries(expected.variables).flatMap(([name, value]) => {
      if (actual[name] === value) return [];
      const found = actual[name] === undefined ? "absent" : "differs";
      return [declared(`variables.${name}`, "as declared", found, deployStack)];
    }),
    ...Object.keys(actual)
      .filter((name) => !(name in expected.variables))
      .map((name) => undeclared(`variables.${name}`, "set", declareOrRemove)),
  ];
}

/** What a function is given: a role, a key for its variables, a queue for what failed, code of others. */
export function roleAndKeyDifferences(
  expected: {
    readonly role: string;
    readonly key: string | undefined;
    readonly deadLetters: string | undefined;
    readonly layers: readonly string[];
  },
  live: FunctionConfiguration,
): readonly Difference[] {
  const layers = (live.Layers ?? []).flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn]));
  return [
    ...same("role", expected.role, live.Role),
    ...sameOrUndeclared("key", expected.key, live.KMSKeyArn || undefined),
    ...sameOrUndeclared("deadLetters", expected.deadLetters, live.DeadLetterConfig?.TargetArn || undefined),
    ...expected.layers
      .filter((arn) => !layers.includes(arn))
      .map((arn) => declared("layers", arn, "absent", deployStack)),
    ...layers
      .filter((arn) => !expected.layers.includes(arn))
      .map((arn) => undeclared("layers", arn, declareOrRemove)),
  ];
}
