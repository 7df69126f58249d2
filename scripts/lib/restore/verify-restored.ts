import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { compareTable } from "../verify/compare-table";
import { findingsOf, unknown, type Difference, type Finding } from "../verify/finding";
import { placeOf } from "../verify/verify-tables";
import { readRestored } from "./put-back";
import type { Sample } from "./sample";

/**
 * Holds a restored table against its spec: everything but the name is to be as declared. Indexes are those of the
 * source: a difference is told, not mended.
 *
 * @throws CouldNotTell when it cannot be read.
 */
export async function verifyRestored(
  clients: AwsClients,
  spec: TableSpec,
  environment: Environment,
  name: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { live } = await readRestored(clients, spec, environment, name, signal);
  const place = await placeOf(clients);
  return findingsOf({ kind: "table", name }, compareTable({ spec, environment, name, place, live }));
}

/** AWS counts every six hours: a source that had items and a table that shows none is a reason to look, no proof. */
export function emptyTable(sourceItems: number, sample: Sample): readonly Difference[] {
  if (sourceItems === 0 || sample.kind !== "looked" || sample.items > 0) return [];
  return [
    unknown(
      "items",
      `about ${sourceItems.toLocaleString("en-US")}`,
      "none",
      "Look at the time that was restored to, and into the table, before you switch.",
    ),
  ];
}
