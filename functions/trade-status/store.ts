import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { VersionedTable, type VersionedTableProps } from "../shared/versioned-table";
import type { Session } from "./model";

export type SessionTableProps = Omit<VersionedTableProps, "spec" | "version">;

/** Sessions as they are stored. A new one has no `lastUpdated` (document 003, "Test Write Access"). */
export const sessionTable = (props: SessionTableProps): VersionedTable<Session> =>
  new VersionedTable<Session>({ ...props, spec: tradeProcessingStatus, version: "lastUpdated" });
