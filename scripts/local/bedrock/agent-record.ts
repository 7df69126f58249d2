import type { Agent, AgentActionGroup, AgentAlias, AgentVersion } from "@aws-sdk/client-bedrock-agent";
import { randomInt } from "node:crypto";

/** Version that can be changed; the others are snapshots of it. */
export const draft = "DRAFT";

/** Alias that every agent has, of the draft, and that nobody can change. */
export const testAlias = "TSTALIASID";

/** An agent with all that belongs to it. */
export interface AgentRecord {
  /** The draft. */
  agent: Agent & { agentId: string; agentArn: string };
  readonly tags: Record<string, string>;
  /** Of the draft, by id. */
  readonly groups: Map<string, AgentActionGroup>;
  /** By number. */
  readonly versions: Map<string, AgentSnapshot>;
  readonly aliases: Map<string, AliasRecord>;
  /** A number is not given twice, also when its version is deleted. */
  versionsMade: number;
}

export interface AliasRecord {
  alias: AgentAlias & { agentAliasId: string; agentAliasArn: string };
  readonly tags: Record<string, string>;
}

export interface AgentSnapshot {
  readonly version: AgentVersion;
  readonly groups: ReadonlyMap<string, AgentActionGroup>;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** As Bedrock makes its ids. */
export const newId = (): string =>
  Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("");
