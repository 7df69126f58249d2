import type { Agent, AgentVersion, AgentVersionSummary } from "@aws-sdk/client-bedrock-agent";
import { draft, type AgentRecord, type AgentSnapshot } from "./agent-record";
import { conflict, missing } from "./agent-refusal";

/** Keeps the draft, with its action groups, under the next number. */
export function makeVersion(record: AgentRecord, now: Date): string {
  record.versionsMade += 1;
  const version = String(record.versionsMade);
  const { ...agent }: Partial<Agent> = record.agent;
  delete agent.agentVersion;
  delete agent.preparedAt;
  record.versions.set(version, {
    version: { ...(agent as Agent), version, createdAt: now, updatedAt: now },
    groups: new Map(
      [...record.groups].map(([id, group]) => [id, { ...group, agentVersion: version }] as const),
    ),
  });
  return version;
}

export function snapshotOf({ agent, versions }: AgentRecord, version: string): AgentSnapshot {
  const snapshot = versions.get(version);
  if (snapshot === undefined) {
    throw missing(`Version ${version} of agent ${agent.agentId} doesn't exist`);
  }
  return snapshot;
}

export const listVersions = (record: AgentRecord): readonly AgentVersionSummary[] => [
  summary(draft, record.agent),
  ...[...record.versions].map(([number, { version }]) => summary(number, version)),
];

const summary = (agentVersion: string, version: Agent | AgentVersion): AgentVersionSummary => ({
  agentName: version.agentName,
  agentStatus: version.agentStatus,
  agentVersion,
  createdAt: version.createdAt,
  updatedAt: version.updatedAt,
  description: version.description,
});

export function deleteVersion(record: AgentRecord, version: string, isCheckSkipped: boolean): void {
  snapshotOf(record, version);
  const isUsed = [...record.aliases.values()].some(({ alias }) =>
    alias.routingConfiguration?.some(({ agentVersion }) => agentVersion === version),
  );
  if (isUsed && !isCheckSkipped) throw conflict(`An alias points to version ${version}: move it first`);
  record.versions.delete(version);
}
