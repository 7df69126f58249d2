import {
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  type FunctionConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";

export type Variables = Readonly<Record<string, string>>;

/** A function as it is now. Its variables may be secrets: their values are written back and never shown. */
export interface LiveFunction {
  readonly name: string;
  readonly arn: string;
  readonly role: string | undefined;
  /** Changes with every change of the function; an update that names an older one is refused. */
  readonly revisionId: string;
  readonly variables: Variables;
  readonly update: "done" | "in progress" | { readonly failed: string };
}

/**
 * @throws CouldNotTell when the function is not there or AWS does not answer; Refused when its variables cannot
 * be read: to write them back would wipe them.
 */
export async function readFunction(
  client: LambdaClient,
  name: string,
  signal: AbortSignal,
): Promise<LiveFunction> {
  const found = await client
    .send(new GetFunctionConfigurationCommand({ FunctionName: name }), { abortSignal: signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw new CouldNotTell(
        error instanceof ResourceNotFoundException
          ? `There is no function ${name} here. Check its name, --region and --profile.`
          : `${name} cannot be read: ${reasonOf(error)}. ${checkAccess}`,
      );
    });
  const { FunctionArn, RevisionId, Environment, KMSKeyArn } = found;
  if (Environment?.Error) {
    throw new Refused(
      `The variables of ${name} cannot be read (${Environment.Error.ErrorCode ?? "no reason given"}), and to ` +
        "write them back unread would wipe them. You need kms:Decrypt on the key that encrypts them" +
        `${KMSKeyArn ? `, ${KMSKeyArn}` : ""}.`,
    );
  }
  if (FunctionArn === undefined || RevisionId === undefined) {
    throw new CouldNotTell(`AWS tells no revision of ${name}: a change could not be guarded. Try again.`);
  }
  return {
    name,
    arn: FunctionArn,
    role: found.Role?.split("/").at(-1),
    revisionId: RevisionId,
    variables: Environment?.Variables ?? {},
    update: updateOf(found),
  };
}

/** A function that was just created is Pending, and takes no change either. */
function updateOf(found: FunctionConfiguration): LiveFunction["update"] {
  if (found.State === "Pending" || found.LastUpdateStatus === "InProgress") return "in progress";
  return found.LastUpdateStatus === "Failed"
    ? { failed: found.LastUpdateStatusReasonCode ?? "no reason given" }
    : "done";
}

export const checkAccess =
  "Check credentials, region, endpoint and the rights that docs/runbooks/connect-function.md lists.";
