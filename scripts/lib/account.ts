import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AwsClients } from "./aws";
import { CouldNotTell, describeError } from "./errors";

/** Why nothing of an account can be read or written. */
export interface AccountObstacle {
  readonly expected: string;
  readonly actual: string;
  readonly remedy: string;
}

/** Whether the credentials are of the environment's account; nothing, when they are or none is known. */
export async function accountObstacle({
  sts,
  accountId,
}: Pick<AwsClients, "sts" | "accountId">): Promise<AccountObstacle | undefined> {
  if (accountId === undefined) return undefined;
  const expected = `account ${accountId}`;
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand());
    if (Account === accountId) return undefined;
    const actual = `credentials of account ${Account ?? "unknown"}, not ${accountId}`;
    return { expected, actual, remedy: "Use a profile of the environment's account." };
  } catch (error) {
    return { expected, actual: describeError(error), remedy: "Check credentials, region and endpoint." };
  }
}

/** @throws CouldNotTell when the credentials are another account's, or nobody says whose they are. */
export async function requireAccount(clients: Pick<AwsClients, "sts" | "accountId">): Promise<void> {
  const obstacle = await accountObstacle(clients);
  if (obstacle === undefined) return;
  const { expected, actual, remedy } = obstacle;
  throw new CouldNotTell(`This is for ${expected}, and AWS says: ${actual}. ${remedy}`);
}
