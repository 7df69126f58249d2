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
  return foreignAccount(Account, accountId);
}

function foreignAccount(
  actual: string | undefined,
  expected: string | undefined,
): ForeignAccount | undefined {
  if (expected === undefined || actual === expected) return undefined;
  return {
    actual: `credentials of account ${actual ?? "unknown"}, not ${expected}`,
    remedy: "Use a profile of the environment's account.",
  };
}

/**
 * Goes on only with credentials of the environment's account; nobody is asked where that is not known.
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
 * The account of the credentials, which is the environment's where that is known. AWS is asked in any case, so it goes
 * on only with credentials that AWS accepts.
 *
 * @throws CouldNotTell for another account's, when there are none, or AWS does not answer.
 */
export async function accountOf(
  { sts, accountId }: Pick<AwsClients, "sts" | "accountId">,
  signal: AbortSignal,
): Promise<string> {
  const identity = sts.send(new GetCallerIdentityCommand());
  const { Account } = await orAbort(identity, signal).catch(unknownCaller(signal));
  const foreign = foreignAccount(Account, accountId);
  if (foreign !== undefined) throw new CouldNotTell(`These are ${foreign.actual}. ${foreign.remedy}`);
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
