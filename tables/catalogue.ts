/** Every table of the five systems. What iterates over tables iterates over this. */

import { agentConversations } from "./agent-conversations";
import { agentProfiles } from "./agent-profiles";
import { brandProcessingStatus } from "./brand-processing-status";
import { conversations } from "./conversations";
import { designAnalysisTracking } from "./design-analysis-tracking";
import type { System } from "./systems";
import type { TableSpec } from "./table-spec";
import { tradeProcessingStatus } from "./trade-processing-status";

export const catalogue: readonly TableSpec[] = [
  brandProcessingStatus,
  conversations,
  agentProfiles,
  agentConversations,
  tradeProcessingStatus,
  designAnalysisTracking,
];

export const tablesOf = (system: System): readonly TableSpec[] =>
  catalogue.filter((table) => table.system === system);
