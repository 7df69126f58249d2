import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AwsClients } from "./aws";
import { CouldNotTell, reasonOf, orAbort } from "./errors";

/** Credentials that are another account's than the environment's. */
export interface ForeignAccount {
  readonly actual: string;
  readonly remedy: string;
}

/**
 * Whether the credentials are another account's; nobody is asked where the environment's is not known.
 *
 * @throws what AWS answers when it does not say whose they are.
 */
export async function findForeignAccount({
  sts,
  accountId,
}: Pick<AwsClients, "sts" | "accountId">): Promise<ForeignAccount | undefined> {
  if (accountId === undefined) return undefined;
  const { Account } = await sts.send(new GetCallerIdentityCommand());
  if (Account === accountId) return undefined;
  return {
    actual: `credentials of account ${Account ?? "unknown"}, not ${accountId}`,
    remedy: "Use a profile of the environment's account.",
  };
}

/**
 * Goes on only with credentials of the environment's account.
 *
 * @throws CouldNotTell for those of another one, and when AWS does not say whose they are.
 */
export async function requireAccount(
  clients: Pick<AwsClients, "sts" | "accountId">,
  signal: AbortSignal,
): Promise<void> {
  const foreign = await orAbort(findForeignAccount(clients), signal).catch(unknownCaller(signal));
  if (foreign !== undefined) {
    throw new CouldNotTell(`These are ${foreign.actual}. ${foreign.remedy}`);
  }
}

/**
 * Goes on only with credentials that AWS accepts, whatever their account.
 *
 * @throws CouldNotTell when there are none, or AWS does not answer.
 */
export async function requireCredentials(
  { sts }: Pick<AwsClients, "sts">,
  signal: AbortSignal,
): Promise<void> {
  await orAbort(sts.send(new GetCallerIdentityCommand()), signal).catch(unknownCaller(signal));
}

/**
 * The account of the credentials, which is the environment's where that is known.
 *
 * @throws CouldNotTell as requireAccount does.
 */
export async function accountOf(
  clients: Pick<AwsClients, "sts" | "accountId">,
  signal: AbortSignal,
): Promise<string> {
  await requireAccount(clients, signal);
  if (clients.accountId !== undefined) return clients.accountId;
  const identity = clients.sts.send(new GetCallerIdentityCommand());
  const { Account } = await orAbort(identity, signal).catch(unknownCaller(signal));
  if (Account === undefined) throw new CouldNotTell("AWS names no account for these credentials.");
  return Account;
}

const unknownCaller =
  (signal: AbortSignal) =>
  (error: unknown): never => {
    signal.throwIfAborted();
    throw new CouldNotTell(
      `AWS does not say whose credentials these are: ${reasonOf(error)}. ` +
        "Check credentials, region and endpoint.",
    );
  };
