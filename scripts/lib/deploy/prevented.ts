/** Terraform's own refusal, which comes before there is a plan, in the guard's words. */

import { parseStackId, type StackId } from "../../../stacks/naming";
import { catalogue } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import type { Refusal, Verdict } from "../guard/verdict";
import { pages } from "../guard/ways-out";

/** The addresses that `prevent_destroy` keeps; none when the plan failed for another reason. */
export const preventedIn = (output: string): readonly string[] => [
  ...new Set(
    [...output.matchAll(/Resource\s+(\S+)\s+has\s+lifecycle\.prevent_destroy\s+set/g)].flatMap(
      ([, address]) => (address === undefined ? [] : [address]),
    ),
  ),
];

/**
 * What is declared is destroyed only to be made anew: `prevent_destroy` goes with the declaration, and the guard
 * sees the destruction of what is not declared.
 */
export const preventedVerdict = (stack: StackId, addresses: readonly string[]): Verdict => ({
  stack,
  permitted: [],
  refusals: addresses.map((address) => refusalOf(stack, address)),
});

function refusalOf(stack: StackId, address: string): Refusal {
  const { environment } = parseStackId(stack);
  const [type, logicalId] = address.split(".");
  const spec = catalogue.find(({ id }) => id === logicalId);
  if (type === "aws_dynamodb_table" && spec !== undefined) {
    const table = tableName(spec, environment);
    return {
      rule: "replaces-data",
      subject: table,
      reason:
        `The plan destroys ${table} with all its items and creates it anew: its name, a key or a local index ` +
        "has changed. It is protected, so Terraform refuses the whole plan.",
      wayOut:
        "(1) Declare a second table, copy the data, move the readers, (2) destroy the first. " +
        `See ${pages.keys} and ${pages.destroy}.`,
    };
  }
  if (type === "aws_s3_bucket") {
    return {
      rule: "loses-audit-records",
      subject: address,
      reason:
        `The plan destroys ${address} with all records of the audit trail and creates it anew: its name has changed. ` +
        "It is protected, so Terraform refuses the whole plan.",
      wayOut: `(1) Give it back its name, (2) deploy again. See ${pages.auditTrail}.`,
    };
  }
  return {
    rule: "destroys-key",
    subject: address,
    reason:
      `The plan destroys ${address} and creates it anew: what it encrypts, backups too, could not be read any ` +
      "more. It is protected, so Terraform refuses the whole plan.",
    wayOut:
      "(1) Give its tables another key (keyArns) in one deployment, (2) let the old one go when no backup needs " +
      `it. See ${pages.encryption}.`,
  };
}
