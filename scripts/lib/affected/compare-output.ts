/** Which stacks two synthesized outputs differ in. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Ids of stacks, sorted: a base may have stacks of a system that is no more. */
export interface Difference {
  /** In both, and not the same. */
  readonly changed: readonly string[];
  /** Only in the newer output. */
  readonly added: readonly string[];
  /** Only in the base: what is synthesized now cannot plan them. */
  readonly removed: readonly string[];
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly workingDirectory: string }>>;
}

/**
 * Compares what Terraform would read: each stack's configuration, without the comments that cdktf writes under `//`,
 * and its assets by their bytes. Paths, times and the order of keys say nothing.
 *
 * @param base cdktf's output folder, as the other one; both synthesized with the same variables.
 */
export function compareOutputs(base: string, newer: string): Difference {
  const [before, after] = [fingerprints(base), fingerprints(newer)];
  const [old, now] = [[...before.keys()].sort(), [...after.keys()].sort()];
  return {
    changed: now.filter((stack) => before.has(stack) && before.get(stack) !== after.get(stack)),
    added: now.filter((stack) => !before.has(stack)),
    removed: old.filter((stack) => !after.has(stack)),
  };
}

/** By the manifest: the folders of stacks that are no more may still lie there. */
function fingerprints(output: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(output, "manifest.json"), "utf8")) as Manifest;
  return new Map(
    Object.entries(manifest.stacks).map(([stack, { workingDirectory }]) => [
      stack,
      fingerprint(join(output, workingDirectory)),
    ]),
  );
}

function fingerprint(folder: string): string {
  const configuration = readFileSync(join(folder, "cdk.tf.json"), "utf8");
  const hash = createHash("sha256").update(JSON.stringify(JSON.parse(configuration, withoutComments)));
  for (const file of filesBelow(join(folder, "assets"))) {
    const bytes = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(`\n${relative(folder, file)} ${bytes}`);
  }
  return hash.digest("hex");
}

/** Terraform reads a key `//` as a comment (Terraform: "JSON Configuration Syntax", "Comment Properties"). */
function withoutComments(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "//");
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort()
    : [];
