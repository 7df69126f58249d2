import CliTable from "cli-table3";
import type { OperationCapacity } from "./capacity";
import type { FunctionReport } from "./functions-bench";
import { concurrency } from "./speed";

const form = {
  style: { head: [], border: [] },
  // No lines between rows: a function may have several.
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

export const describeFunctions = (functions: readonly FunctionReport[]): string =>
  [
    speedTable(functions),
    "Cold import: the bundle alone, in fresh processes; median (least to most). Callers, gateway and functions",
    "share this machine's cores: compare the times with each other, not with those of AWS.",
    capacityTable(functions),
    "Units: averages of one request, as dynoxide counts them; moto does not.",
  ].join("\n");

function speedTable(functions: readonly FunctionReport[]): string {
  const table = new CliTable({
    head: [
      "function",
      "zip KB",
      "cold import ms",
      "calls",
      "p50 ms",
      "p95 ms",
      `requests/s by ${concurrency}`,
    ],
    colAligns: ["left", "right", "right", "left", "right", "right", "right"],
    ...form,
  });
  for (const { name, zipKilobytes, coldImportMilliseconds: cold, series } of functions) {
    const spread = `${cold.median.toFixed(0)} (${cold.min.toFixed(0)} to ${cold.max.toFixed(0)})`;
    for (const [index, { name: calls, latencyMilliseconds: latency, throughput }] of series.entries()) {
      table.push([
        ...(index === 0 ? [name, zipKilobytes.toFixed(1), spread] : ["", "", ""]),
        calls,
        latency.p50.toFixed(1),
        latency.p95.toFixed(1),
        throughput.requestsPerSecond.toFixed(0),
      ]);
    }
  }
  return table.toString();
}

function capacityTable(functions: readonly FunctionReport[]): string {
  const table = new CliTable({
    head: ["request", "read units", "write units", "operations"],
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
  return index === undefined ? repeated : `${repeated} of ${index}`;
}

const unitsText = (units: number | null): string => (units === null ? "not counted" : String(units));
