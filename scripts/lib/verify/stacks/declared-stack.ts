/** The stacks as Terraform gets them: what is held against what is deployed (docs/adr/0017-verifier.md). */

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { stacksOf, type StackId } from "../../../../stacks/naming";
import type { EnvironmentName } from "../../../../tables/naming";
import { makeOwnFolder } from "../../../local/abandoned-folders";
import { CouldNotTell, describeError } from "../../errors";
import { resourceSchemas, type Declared, type DeclaredType } from "./resource-schemas";

/** A resource of Terraform's JSON, attributes unread. */
export type Block = Readonly<Record<string, unknown>>;

const stackDocument = v.object({
  resource: v.optional(v.record(v.string(), v.record(v.string(), v.record(v.string(), v.unknown()))), {}),
});

/** One synthesized stack. References to other resources are in it as Terraform reads them: `${aws_iam_role.read.arn}`. */
export class DeclaredStack {
  constructor(
    readonly id: StackId,
    readonly resources: Readonly<Record<string, Readonly<Record<string, Block>>>>,
  ) {}

  /**
   * The resources of a type, by logical id.
   *
   * @throws CouldNotTell when one is not as the schema of its type has it.
   */
  all<T extends DeclaredType>(type: T): readonly (readonly [string, Declared<T>])[] {
    return Object.keys(this.resources[type] ?? {}).map((id) => [id, this.one(type, id)] as const);
  }

  /**
   * @throws CouldNotTell when there is no such resource, or it is not as the schema of its type has it.
   */
  one<T extends DeclaredType>(type: T, id: string): Declared<T> {
    const schema: v.GenericSchema = resourceSchemas[type];
    const { success, output, issues } = v.safeParse(schema, this.resources[type]?.[id]);
    if (success) return output as Declared<T>;
    const [issue] = issues;
    throw new CouldNotTell(
      `${this.id}: the verifier cannot read ${type}.${id}, ${v.getDotPath(issue) ?? "which is not there"}: ` +
        `it takes ${issue.expected ?? "another value"}. Correct scripts/lib/verify/stacks/resource-schemas.ts.`,
    );
  }

  /** The resources of a type whose attribute names the resource with this logical id. */
  having<T extends DeclaredType>(
    type: T,
    attribute: keyof Declared<T> & string,
    of: `${string}.${string}`,
  ): readonly (readonly [string, Declared<T>])[] {
    return this.all(type).filter(([, block]) => {
      const value = block[attribute];
      return typeof value === "string" && value.startsWith(`\${${of}.`);
    });
  }
}

/** Every stack of an environment: a stack's alarms are known as its own only beside those of its siblings. */
export type DeclaredStacks = ReadonlyMap<StackId, DeclaredStack>;

/**
 * Reads what cdktf has written for an environment: of another commit than this it may be fewer stacks.
 *
 * @param outdir cdktf's output folder.
 * @throws CouldNotTell when a stack cannot be read.
 */
export const readDeclared = (outdir: string, environment: EnvironmentName): DeclaredStacks =>
  new Map(
    stacksOf(environment)
      .map((stack) => [stack, join(outdir, "stacks", stack, "cdk.tf.json")] as const)
      .filter(([, file]) => existsSync(file))
      .map(([stack, file]) => [stack, readStack(stack, file)]),
  );

function readStack(stack: StackId, file: string): DeclaredStack {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return new DeclaredStack(stack, v.parse(stackDocument, content).resource);
  } catch (error) {
    throw new CouldNotTell(`${stack} cannot be read: synthesize it again (${describeError(error)}).`);
  }
}

/**
 * Synthesizes the working tree for an environment, and leaves nothing behind.
 *
 * @throws SettingError for a malformed setting.
 */
export async function synthesizeDeclared(
  variables: NodeJS.ProcessEnv,
  environment: EnvironmentName,
): Promise<DeclaredStacks> {
  // Imported here: help, wrong usage and a table alone need no stacks.
  const { buildApp } = await import("../../../../stacks/app");
  const { loadSettings } = await import("../../../../stacks/settings");
  const outdir = makeOwnFolder("verify");
  try {
    buildApp(loadSettings(variables), { outdir }, environment).synth();
    return readDeclared(outdir, environment);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
