import {
  DescribeKeyCommand,
  KMSServiceException,
  NotFoundException,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import { checkAccess } from "./answer";

/**
 * What items or a backup of them are encrypted with. Without that key nothing can be read or restored, so a key
 * has to outlive the last backup that it encrypts.
 */
export type Encryption =
  | { readonly kind: "aws-owned key" }
  | {
      readonly kind: "key";
      readonly arn: string;
      /** KMS: KeyState; only `Enabled` is of use. `gone` when KMS knows the key no more. */
      readonly state: string;
    };

/**
 * @param keyArn as DynamoDB reports it; nothing where AWS owns the key.
 * @throws CouldNotTell when KMS does not say how the key is.
 */
export async function encryptionBy(
  kms: KMSClient,
  keyArn: string | undefined,
  signal: AbortSignal,
): Promise<Encryption> {
  if (keyArn === undefined) return { kind: "aws-owned key" };
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }), {
      abortSignal: signal,
    });
    return { kind: "key", arn: KeyMetadata?.Arn ?? keyArn, state: KeyMetadata?.KeyState ?? "unknown" };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotFoundException) return { kind: "key", arn: keyArn, state: "gone" };
    const reason = error instanceof KMSServiceException ? error.name : reasonOf(error);
    throw new CouldNotTell(`KMS does not say how the key ${keyArn} is: ${reason}. ${checkAccess}`);
  }
}

/** @throws Refused with what to do first when the key cannot decrypt. */
export function requireUsableKey(encryption: Encryption, what: string): void {
  if (encryption.kind === "aws-owned key" || encryption.state === "Enabled") return;
  const { arn, state } = encryption;
  throw new Refused(`${what} is encrypted with ${arn}, which is ${described(state)}. ${remedy(arn, state)}`);
}

export const describeEncryption = (encryption: Encryption): string =>
  encryption.kind === "key" ? encryption.arn : "the key that AWS owns";

function described(state: string): string {
  switch (state) {
    case "Disabled":
      return "disabled";
    case "PendingDeletion":
      return "about to be deleted";
    case "gone":
      return "deleted for good";
    default:
      return `of no use now (${state})`;
  }
}

function remedy(arn: string, state: string): string {
  switch (state) {
    case "Disabled":
      return `First: aws kms enable-key --key-id ${arn}`;
    case "PendingDeletion":
      return (
        `First: aws kms cancel-key-deletion --key-id ${arn} && aws kms enable-key --key-id ${arn} ` +
        "(docs/runbooks/destroy-tables.md)."
      );
    case "gone":
      return "What it encrypted cannot be read by anyone: restore from something older or from an export.";
    default:
      return "Look at the key in the console, then run this again.";
  }
}
