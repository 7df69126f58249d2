/** What `npm run cost` answers: a text for people and a document for programs. */

import { catalogue } from "../../../tables/catalogue";
import { tableName, type EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { CouldNotTell } from "../errors";
import { costChart } from "./chart";
import { bridge, documentEstimates, workloadFile } from "./documents";
import { estimateTable, type TableEstimate } from "./estimate";
import {
  basis,
  bridgeDocument,
  estimateDocument,
  measuredDocument,
  schemaVersion,
  sharedDocument,
} from "./estimate-document";
import {
  basisText,
  bridgeText,
  estimateText,
  measuredText,
  replayText,
  sharedOf,
  totalText,
} from "./estimate-text";
import {
  systemSurroundings,
  tableSurroundings,
  type StackResources,
  type SystemSurroundings,
} from "./installed";
import { measureTables, type MeasuringClients } from "./measure";
import { measuredEstimate } from "./measured";
import { lastDays } from "./metrics";
import { noMoney } from "./money";
import { loadWorkload, type Workload } from "./workload";

export interface Asked {
  readonly environment: EnvironmentName;
  readonly region: string;
  readonly stacks: readonly StackResources[];
}

export interface Answer {
  readonly outcome: "estimated" | "measured" | "nothing measured";
  readonly text: string;
  readonly document: object;
  /** As SVG, of estimates. */
  readonly chart?: string;
}

/**
 * Costs under a workload.
 *
 * @param specs those that people name; empty for all that the workload has.
 * @throws CouldNotTell for a defective workload, and for a table that it does not have.
 */
export function estimateWorkload(asked: Asked, file: string, specs: readonly TableSpec[]): Answer {
  const workload = loadWorkload(file);
  const estimates = tablesIn(workload.tables, specs, file).map(({ spec, load }) =>
    estimateTable(subjectOf(asked, spec), load),
  );
  const shared = sharedBy(
    asked,
    estimates.map(({ spec }) => spec),
  ).map(sharedOf);
  return {
    outcome: "estimated",
    text: [
      `${workload.name}, in ${asked.environment}`,
      ...estimates.map(estimateText),
      totalText(
        estimates.map(({ total }) => total),
        shared,
      ),
      basisText(asked.region),
    ].join("\n\n"),
    document: {
      ...head(asked, "estimated"),
      workload: workload.name,
      tables: estimates.map(estimateDocument),
      systems: shared.map(sharedDocument),
    },
    chart: costChart(estimates, workload.name),
  };
}

/** The documents' own estimates, and what they come to. */
export function reckonDocuments(asked: Asked): Answer {
  const bridges = documentEstimates.map((document) => {
    const file = workloadFile(document.workload);
    const [only] = tablesIn(loadWorkload(file).tables, [], file);
    if (only === undefined) throw new CouldNotTell(`The workload ${file} has no table.`);
    const estimate: TableEstimate = estimateTable(subjectOf(asked, only.spec), only.load);
    const [system] = sharedBy(asked, [only.spec]);
    return bridge(document, estimate, system?.keys.month ?? noMoney);
  });
  return {
    outcome: "estimated",
    text: [...bridges.map(bridgeText), basisText(asked.region)].join("\n\n"),
    document: { ...head(asked, "estimated"), documents: bridges.map(bridgeDocument) },
  };
}

/** Costs at the rate of the last days. @throws CouldNotTell as measureTables does. */
export async function measureCost(
  asked: Asked,
  clients: MeasuringClients,
  specs: readonly TableSpec[],
  { days, now, signal }: { readonly days: number; readonly now: Date; readonly signal?: AbortSignal },
): Promise<Answer> {
  const tables = specs.map((spec) => ({ spec, table: tableName(spec, asked.environment) }));
  const measured = await measureTables(clients, tables, lastDays(days, now), signal);
  const estimates = measured.map((one) => measuredEstimate(one, subjectOf(asked, one.spec).surroundings));
  const outcome = estimates.some(({ advice }) => advice !== undefined) ? "measured" : "nothing measured";
  return {
    outcome,
    text: [...estimates.map(measuredText), replayText, basisText(asked.region)].join("\n\n"),
    document: { ...head(asked, outcome), days, tables: estimates.map(measuredDocument) },
  };
}

const head = ({ environment }: Asked, outcome: Answer["outcome"]) => ({
  schemaVersion,
  outcome,
  environment,
  ...basis,
});

const subjectOf = ({ environment, stacks }: Asked, spec: TableSpec) => ({
  spec,
  environment,
  surroundings: tableSurroundings(stacks, spec, environment),
});

const sharedBy = ({ stacks }: Asked, specs: readonly TableSpec[]): readonly SystemSurroundings[] =>
  systemSurroundings(stacks).filter(({ system }) => specs.some((spec) => spec.system === system));

function tablesIn(tables: Workload["tables"], specs: readonly TableSpec[], file: string) {
  const wanted = specs.length > 0 ? specs : catalogue.filter(({ id }) => id in tables);
  return wanted.map((spec) => {
    const load = tables[spec.id];
    if (load !== undefined) return { spec, load };
    const known = Object.keys(tables).join(", ");
    throw new CouldNotTell(
      `The workload ${file} has nothing of ${spec.id}. Add it, or name one of: ${known}.`,
    );
  });
}
