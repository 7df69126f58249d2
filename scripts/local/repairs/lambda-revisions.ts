import { randomUUID } from "node:crypto";
import { functionInput, isAccepted, parseJson, readLambdaCall } from "./lambda-call";
import { jsonReply, type AwsReply, type Repair } from "./repair";

/**
 * Revisions of functions, which moto 5.2.1 neither tells nor checks: a change that names an older revision is
 * refused, so that nobody overwrites what they have not seen.
 */
export function lambdaRevisions(): Repair {
  const revisionOf = new Map<string, string>();
  const changed = (name: string): string => {
    const revision = randomUUID();
    revisionOf.set(name, revision);
    return revision;
  };
  return (call, forward) => {
    const lambda = readLambdaCall(call);
    if (lambda === undefined || lambda.operation === "Invoke") return undefined;
    const { operation, name } = lambda;
    const isUpdate = operation === "UpdateFunctionConfiguration" || operation === "UpdateFunctionCode";
    const expected = isUpdate ? functionInput(call.body).RevisionId : undefined;
    const present = revisionOf.get(name);
    if (expected !== undefined && present !== undefined && expected !== present) {
      return Promise.resolve(preconditionFailed());
    }
    // Before moto answers: of two changes at once, the second one names an older revision.
    const next = isUpdate ? changed(name) : undefined;
    return forward().then((reply) => {
      if (!isAccepted(reply)) {
        if (revisionOf.get(name) === next && present !== undefined) revisionOf.set(name, present);
        return reply;
      }
      switch (operation) {
        case "DeleteFunction":
          if (!lambda.parameters.has("Qualifier")) revisionOf.delete(name);
          return reply;
        case "CreateFunction":
          return withRevision(reply, changed(name));
        case "UpdateFunctionConfiguration":
        case "UpdateFunctionCode":
          return withRevision(reply, next ?? changed(name));
        case "GetFunction":
        case "GetFunctionConfiguration":
          return withRevision(reply, revisionOf.get(name) ?? changed(name));
      }
    });
  };
}

function preconditionFailed(): AwsReply {
  const message =
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to " +
    "retrieve the latest Revision Id";
  const reply = jsonReply({ Type: "User", message }, 412);
  return { ...reply, headers: { ...reply.headers, "x-amzn-errortype": "PreconditionFailedException" } };
}

function withRevision(reply: AwsReply, RevisionId: string): AwsReply {
  const document = (parseJson(reply.body) ?? {}) as { readonly Configuration?: object };
  const corrected = document.Configuration
    ? { ...document, Configuration: { ...document.Configuration, RevisionId } }
    : { ...document, RevisionId };
  return { ...reply, body: Buffer.from(JSON.stringify(corrected)) };
}
