import CliTable from "cli-table3";
import type { OperationCapacity } from "./capacity";
import type { FunctionReport } from "./functions-bench";
import { concurrency } from "./speed";

/** Both tables fit into 110 columns: borders that wrap cannot be read. */
const form = {
  style: { head: [], border: [] },
  // No lines between rows: a function may have several.
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

export const describeFunctions = (functions: readonly FunctionReport[]): string =>
  [
    speedTable(functions),
    "Cold import: the bundle alone, in fresh processes; median (least–most).",
    `req/s: requests a second of ${concurrency} callers at once. Callers, gateway and functions share this machine's cores:`,
    "compare the times with each other, not with those of AWS.",
    capacityTable(functions),
    "Read and write: units of one request on average, as dynoxide counts them; moto does not.",
    ...indexLines(functions),
  ].join("\n");

function speedTable(functions: readonly FunctionReport[]): string {
  const table = new CliTable({
    head: ["function", "zip KB", "cold import ms", "calls", "p50 ms", "p95 ms", "req/s"],
    colAligns: ["left", "right", "right", "left", "right", "right", "right"],
    ...form,
  });
  for (const { name, zipKilobytes, coldImportMilliseconds: cold, series } of functions) {
    const spread = `${cold.median.toFixed(0)} (${cold.min.toFixed(0)}–${cold.max.toFixed(0)})`;
    for (const [index, { name: calls, latencyMilliseconds: latency, throughput }] of series.entries()) {
      table.push([
        ...(index === 0 ? [inProduction(name), zipKilobytes.toFixed(1), spread] : ["", "", ""]),
        calls,
        latency.p50.toFixed(1),
        latency.p95.toFixed(1),
        throughput.requestsPerSecond.toFixed(0),
      ]);
    }
  }
  return table.toString();
}

/** All of them are of the environment local. */
const inProduction = (name: string): string => name.replace(/-local$/, "");

function capacityTable(functions: readonly FunctionReport[]): string {
  const table = new CliTable({
    head: ["request", "read", "write", "operations"],
    colAligns: ["left", "right", "right", "left"],
    ...form,
  });
  for (const { route, readUnits, writeUnits, operations } of functions.flatMap(({ capacity }) => capacity)) {
    table.push([
      route,
      unitsText(readUnits),
      unitsText(writeUnits),
      operations.map(describeOperation).join(", "),
    ]);
  }
  return table.toString();
}

function describeOperation({ operation, index, times }: OperationCapacity): string {
  const repeated = times === 1 ? operation : `${times} × ${operation}`;
  return index === undefined ? repeated : `${repeated} of an index`;
}

/** Beside the route there is no room for their names. */
const indexLines = (functions: readonly FunctionReport[]): readonly string[] =>
  functions
    .flatMap(({ capacity }) => capacity)
    .flatMap(({ route, operations }) =>
      [...new Set(operations.flatMap(({ index }) => index ?? []))].map((index) => `${route} reads ${index}.`),
    );

const unitsText = (units: number | null): string => (units === null ? "–" : String(units));
