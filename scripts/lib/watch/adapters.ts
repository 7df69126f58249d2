import type { System } from "../../../tables/systems";
import type { Adapter } from "./adapter";
import { designAnalysis } from "./design-analysis";
import { tradeStatus } from "./trade-status";

export const adapters = {
  "design-analysis": designAnalysis,
  "trade-status": tradeStatus,
} as const satisfies Partial<Record<System, Adapter>>;

/** A system whose requests can be watched. */
export type WatchedSystem = keyof typeof adapters;
export const watchedSystems = Object.keys(adapters) as readonly WatchedSystem[];
