/** Capacity units of single requests (AWS: "DynamoDB read and write operations", "Provisioned capacity mode"). */

/** `eventual` takes half a unit, `transactional` two. */
export const consistencies = ["eventual", "strong", "transactional"] as const;
export type Consistency = (typeof consistencies)[number];

const readBytes = 4 * 1024;
const writeBytes = 1024;

const halves: Readonly<Record<Consistency, bigint>> = { eventual: 1n, strong: 2n, transactional: 4n };

/**
 * Half read units of one GetItem or Query, so that they are whole. A request that finds nothing costs as much as one of
 * the smallest item.
 *
 * @param bytes of the item, or of all that the Query looks at, filtered or not.
 */
export const readHalves = (bytes: number, consistency: Consistency): bigint =>
  atLeastOne(bytes, readBytes) * halves[consistency];

/**
 * Write units of one write.
 *
 * @param bytes of the item before or after the write, whichever is larger.
 */
export const writeUnits = (bytes: number, isTransactional = false): bigint =>
  atLeastOne(bytes, writeBytes) * (isTransactional ? 2n : 1n);

const atLeastOne = (bytes: number, step: number): bigint => BigInt(Math.max(1, Math.ceil(bytes / step)));
