import { functionInput, isAccepted, parseJson, readLambdaCall, type FunctionInput } from "./lambda-call";
import type { AwsReply, Repair } from "./repair";

type DeadLetterConfig = NonNullable<FunctionInput["DeadLetterConfig"]>;

/**
 * Dead-letter queues of functions, which moto 5.2.1 does not keep: the provider reads them back, and plans
 * to add whatever is not there.
 */
export function lambdaDeadLetters(): Repair {
  const configOf = new Map<string, DeadLetterConfig>();
  return (call, forward) => {
    const lambda = readLambdaCall(call);
    if (lambda === undefined || lambda.operation === "Invoke") return undefined;
    const { operation, name } = lambda;
    return forward().then((reply) => {
      if (!isAccepted(reply)) return reply;
      switch (operation) {
        case "DeleteFunction":
          if (!lambda.parameters.has("Qualifier")) configOf.delete(name);
          return reply;
        case "CreateFunction":
        case "UpdateFunctionConfiguration": {
          if (operation === "CreateFunction") configOf.delete(name);
          const config = functionInput(call.body).DeadLetterConfig;
          if (config !== undefined) configOf.set(name, config);
          return withDeadLetters(reply, configOf.get(name));
        }
        case "GetFunction":
        case "GetFunctionConfiguration":
        case "UpdateFunctionCode":
          return withDeadLetters(reply, configOf.get(name));
      }
    });
  };
}

/** An empty target takes the queue away. */
function withDeadLetters(reply: AwsReply, config: DeadLetterConfig | undefined): AwsReply {
  if (!config?.TargetArn) return reply;
  const document = (parseJson(reply.body) ?? {}) as { readonly Configuration?: object };
  const corrected = document.Configuration
    ? { ...document, Configuration: { ...document.Configuration, DeadLetterConfig: config } }
    : { ...document, DeadLetterConfig: config };
  return { ...reply, body: Buffer.from(JSON.stringify(corrected)) };
}
