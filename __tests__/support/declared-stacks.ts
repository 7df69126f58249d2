import { DeclaredStack, type DeclaredStacks } from "../../scripts/lib/verify/stacks/declared-stack";
import { References, type Known } from "../../scripts/lib/verify/stacks/references";
import type { Variables } from "../../stacks/environments";
import { stacksOf, type StackId } from "../../stacks/naming";
import type { EnvironmentName } from "../../tables/naming";
import { synthesize } from "./synthesis";

/** A synthesized stack as the verifier has it. */
export const declaredStack = (id: StackId, variables: Variables = {}): DeclaredStack =>
  new DeclaredStack(id, synthesize(id, variables).resource);

export const declaredStacks = (environment: EnvironmentName, variables: Variables = {}): DeclaredStacks =>
  new Map(stacksOf(environment).map((id) => [id, declaredStack(id, variables)]));

export const account = "123456789012";

/** An account in which everything is deployed, with ids that say what they are of. */
export const everythingThere: Known = {
  account,
  region: "us-east-1",
  apis: (name) =>
    Promise.resolve([
      { ApiId: "a1b2c3d4e5", Name: name, ProtocolType: "HTTP", RouteSelectionExpression: undefined },
    ]),
  agent: (name) =>
    Promise.resolve({
      agentId: "AGENT12345",
      agentName: name,
      agentStatus: "PREPARED",
      updatedAt: new Date("2026-11-21T12:00:00Z"),
    }),
  agentAlias: (_agent, name) =>
    Promise.resolve({
      agentAliasId: "ALIAS12345",
      agentAliasName: name,
      agentAliasStatus: "PREPARED",
      createdAt: new Date("2026-11-21T12:00:00Z"),
      updatedAt: new Date("2026-11-21T12:00:00Z"),
    }),
  key: () =>
    Promise.resolve({
      KeyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
      Arn: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    }),
  alarms: () => Promise.resolve([]),
};

export const referencesIn = (stack: DeclaredStack, known: Partial<Known> = {}): References =>
  new References(stack, { ...everythingThere, ...known });
