import { TerraformStack, Testing } from "cdktf";
import { buildApp } from "../../stacks/app";
import type { Variables } from "../../stacks/environments";
import { loadSettings } from "../../stacks/settings";
import { environmentNames, type EnvironmentName } from "../../tables/naming";

/** A resource, data source or provider as Terraform's JSON has it: snake_case. */
export type Block = Readonly<Record<string, unknown>>;

/** A stack as Terraform reads it. */
export interface StackDocument {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly provider: { readonly aws: readonly Block[] };
  readonly output: Readonly<Record<string, { readonly value: string }>>;
  readonly terraform: {
    readonly backend: Readonly<Record<string, Block>>;
    readonly required_providers: Readonly<Record<string, Block>>;
    readonly required_version: string;
  };
}

/** Every stack of the app, synthesized and validated, by id. */
export function synthesizeAll(variables: Variables = {}): ReadonlyMap<string, StackDocument> {
  return new Map(stacksOf(variables).map((stack) => [stack.node.id, parse(stack)]));
}

export function synthesize(id: string, variables: Variables = {}): StackDocument {
  const key = `${id} ${JSON.stringify(variables)}`;
  const document = synthesized.get(key) ?? parse(findStack(id, variables));
  synthesized.set(key, document);
  return document;
}

/** A test file asks for the same stack many times. */
const synthesized = new Map<string, StackDocument>();

function findStack(id: string, variables: Variables): TerraformStack {
  const name = environmentNames.find((one) => id.endsWith(`-${one}`));
  const stack = stacksOf(variables, name).find(({ node }) => node.id === id);
  if (stack === undefined) throw new Error(`There is no stack ${id}`);
  return stack;
}

/** Building stacks takes longer than reading one. */
const apps = new Map<string, readonly TerraformStack[]>();

/** @param only the environment whose stacks are built; by default all. */
function stacksOf(variables: Variables, only?: EnvironmentName): readonly TerraformStack[] {
  const key = `${only ?? "all"} ${JSON.stringify(variables)}`;
  const stacks =
    apps.get(key) ??
    buildApp(loadSettings(variables), {}, only).node.children.filter((child) =>
      TerraformStack.isStack(child),
    );
  apps.set(key, stacks);
  return stacks;
}

const parse = (stack: TerraformStack): StackDocument =>
  JSON.parse(Testing.synth(stack, true)) as StackDocument;

/** The one resource of a type and logical id; a test that names it fails when the id moves. */
export function resource(document: StackDocument, type: string, logicalId: string): Block {
  const found = document.resource[type]?.[logicalId];
  if (found === undefined) {
    const present = Object.keys(document.resource[type] ?? {}).join(", ");
    throw new Error(`There is no ${type}.${logicalId}; there are: ${present}`);
  }
  return found;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** The statements of a policy that Terraform gets as JSON text. */
export const statements = ({ policy }: Block): readonly PolicyStatement[] =>
  (JSON.parse(policy as string) as { readonly Statement: readonly PolicyStatement[] }).Statement;
