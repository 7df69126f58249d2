import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";
import { compareTable } from "../verify/compare-table";
import { compare, findingsOf, unknown, type Difference, type Finding } from "../verify/finding";
import { compareScaling, scalingsOf } from "./autoscaling";
import type { RestoreClients } from "./clients";
import { readRestored } from "./put-back";
import type { Sample } from "./sample";

/**
 * Holds a restored table against its spec: everything but the name is to be as declared, also what the verifier
 * leaves to Terraform, autoscaling and stream. Indexes are those of the source: a difference is told, not mended.
 *
 * @throws CouldNotTell when it cannot be read.
 */
export async function verifyRestored(
  clients: RestoreClients,
  spec: TableSpec,
  environment: Environment,
  name: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { live, scaling } = await readRestored(clients, spec, environment, name, signal);
  const { StreamSpecification: stream } = live.description;
  const view = stream?.StreamEnabled === true ? stream.StreamViewType : "off";
  const differences = [
    ...compareTable({ spec, environment, live }),
    ...compare(
      "stream",
      spec.stream ?? "off",
      view,
      "Switch the stream to what is declared: docs/runbooks/change-a-table.md.",
    ),
    ...compareScaling(scalingsOf(spec, name, live.description), scaling),
  ];
  return findingsOf({ kind: "table", name }, differences);
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
