import * as v from "valibot";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { storedNumber, storedText, storedTime } from "../shared/stored";
import { VersionedTable, type VersionedTableProps } from "../shared/versioned-table";
import { agentNames, type Session } from "./model";

export type SessionTableProps = Omit<VersionedTableProps<Session>, "spec" | "version" | "read">;

/** Sessions as they are stored. A new one has no `lastUpdated` (document 003, "Test Write Access"). */
export const sessionTable = (props: SessionTableProps): VersionedTable<Session> =>
  new VersionedTable<Session>({
    ...props,
    spec: tradeProcessingStatus,
    version: "lastUpdated",
    read: readSession,
  });

const tokenUsage = v.object({
  inputTokens: storedNumber,
  outputTokens: storedNumber,
  totalTokens: storedNumber,
});

const started = { startedAt: storedTime, activity: v.optional(v.string()) };
const ended = {
  ...started,
  completedAt: storedTime,
  duration: storedNumber,
  tokenUsage: v.fallback(v.optional(tokenUsage), undefined),
};
const agent = v.variant("status", [
  v.looseObject({ status: v.literal("in-progress"), ...started }),
  v.looseObject({ status: v.literal("success"), ...ended }),
  v.looseObject({ status: v.literal("error"), ...ended, error: storedText }),
]);

const session = v.looseObject({
  overallStatus: v.fallback(v.picklist(["initializing", "processing", "completed", "failed"]), "processing"),
  ...Object.fromEntries(agentNames.map((name) => [name, v.fallback(v.optional(agent), undefined)])),
  totalTokenUsage: v.fallback(v.optional(tokenUsage), undefined),
  totalDuration: v.fallback(v.optional(v.number()), undefined),
});

/**
 * Other programs write the table, too: an agent that is not as document 003 has it, or says itself that it is
 * pending, counts as not reached, so that one odd map does not keep the others from going on.
 */
const readSession = (item: object): Session => v.parse(session, item) as unknown as Session;
