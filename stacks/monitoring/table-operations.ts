/** AWS: "DynamoDB metrics and dimensions", the dimension Operation; those of items without PartiQL's. */
export const itemOperations = [
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "TransactGetItems",
  "TransactWriteItems",
  "UpdateItem",
] as const;
export type ItemOperation = (typeof itemOperations)[number];

/**
 * What this repository's functions and the consumers' access policies call of each table, by its id. The tables stack
 * knows no function, so it stands here; a test compares it with the grants. Each is a metric that is paid for.
 */
const callsOf: Readonly<Record<string, readonly ItemOperation[]>> = {
  "agent-conversations": ["DeleteItem", "GetItem", "PutItem", "Query"],
  "agent-profiles": ["DeleteItem", "GetItem", "PutItem", "Query", "Scan"],
  "brand-processing-status": ["BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"],
  conversations: ["DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"],
  "design-analysis-tracking": ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"],
  "trade-processing-status": ["GetItem", "PutItem", "UpdateItem"],
};

/** The operations on a table whose errors count; all of them for one that is not known yet. */
export const operationsOn = (tableId: string): readonly ItemOperation[] => callsOf[tableId] ?? itemOperations;

export const tablesWithKnownCalls: readonly string[] = Object.keys(callsOf);
