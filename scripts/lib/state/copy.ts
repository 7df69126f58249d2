/** A state from a file into the bucket and back: nothing is lost, nothing else is overwritten. */

import { readFileSync } from "node:fs";
import { Refused } from "../refused";
import { readLocalState, requireUnused, writeStateFile } from "./places";
import { countResources, relate, type Relation, type StateDocument } from "./state-document";
import { pull, push, pushOver, type StateCommands } from "./terraform-state";

export type Judgement =
  /** There is nothing in a file, or nothing in the bucket, or in neither. */
  | { readonly kind: "no state" }
  | { readonly kind: "moved already"; readonly resources: number }
  | { readonly kind: "to copy"; readonly relation: Relation; readonly resources: number }
  /** Copied, and cut off before the file was set aside. */
  | { readonly kind: "to settle"; readonly resources: number };

/**
 * What there is to do for a stack whose backend is connected.
 *
 * @throws Refused when the bucket holds what the file does not, or Terraform works on the file.
 */
export async function judge(commands: StateCommands, file: string): Promise<Judgement> {
  requireUnused(file);
  const local = readLocalState(file);
  const there = (await pull(commands))?.document;
  if (local === undefined) {
    return there === undefined
      ? { kind: "no state" }
      : { kind: "moved already", resources: countResources(there) };
  }
  const relation = relate(there, local);
  const resources = countResources(local);
  switch (relation) {
    case "none":
    case "begun":
    case "older":
      return { kind: "to copy", relation, resources };
    case "same":
      return { kind: "to settle", resources };
    case "newer":
    case "changed":
    case "foreign":
      throw new Refused(refusals[relation](commands.stack, file));
  }
}

const refusals: Readonly<Record<"newer" | "changed" | "foreign", (stack: string, file: string) => string>> = {
  newer: (stack, file) =>
    `The bucket has a newer state of ${stack} than ${file}: someone has applied from there. Nothing was changed. ` +
    "If it is the right one, move the file aside.",
  changed: (stack, file) =>
    `The bucket has a state of ${stack} that is as new as ${file}, and says something else. Nothing was changed. ` +
    "Look at both, and move the wrong one aside.",
  foreign: (stack, file) =>
    `The bucket has another state of ${stack} than ${file}: it was not made from it. Nothing was changed. Look at ` +
    "both: resources that only one of them knows would be lost, or made twice.",
};

/**
 * Copies a file into the bucket, with its lineage. Terraform 1.11 begins an empty bucket with a lineage of its own
 * and serial 1, by `init -migrate-state` as by `state push`: what it has just begun is then written over, once it is
 * known to say the same.
 *
 * @throws Refused when the bucket holds something else, or afterwards is not what the file is.
 */
export async function copyToBucket(commands: StateCommands, file: string): Promise<void> {
  const local = readLocalState(file);
  if (local === undefined) throw new Refused(`${file} is not there any more. Nothing was changed.`);
  const before = relate((await pull(commands))?.document, local);
  if (before === "none" || before === "older") await push(commands, file);
  const begun = relate((await pull(commands))?.document, local);
  if (begun === "begun") await pushOver(commands, file);
  const copied = (await pull(commands))?.document;
  if (relate(copied, local) !== "same" || relate(readLocalState(file), local) !== "same") {
    throw new Refused(
      `After copying, the state of ${commands.stack} in the bucket is not what ${file} is: someone has changed one ` +
        "of them meanwhile. The file was left as it is. Look at both, and run this again.",
    );
  }
}

/**
 * Copies the bucket's state into a file, and leaves it in the bucket.
 *
 * @returns how many resources it has; nothing when the bucket has none.
 * @throws Refused when the file holds what the bucket does not.
 */
export async function copyToFile(
  commands: StateCommands,
  file: string,
  dryRun: boolean,
): Promise<StateDocument | undefined> {
  requireUnused(file);
  const there = await pull(commands);
  if (there === undefined) return undefined;
  const relation = relate(readLocalState(file), there.document);
  if (relation !== "none" && relation !== "older" && relation !== "same") {
    throw new Refused(
      `${file} is another state of ${commands.stack} than the bucket's, or a newer one. Nothing was changed. Look at ` +
        "both, and move the file aside if it is the wrong one.",
    );
  }
  if (dryRun || relation === "same") return there.document;
  writeStateFile(file, there.text);
  const again = await pull(commands);
  if (again?.text !== there.text || readFileSync(file, "utf8") !== there.text) {
    throw new Refused(
      `The state of ${commands.stack} in the bucket has changed meanwhile: run this again before anything else.`,
    );
  }
  return there.document;
}
