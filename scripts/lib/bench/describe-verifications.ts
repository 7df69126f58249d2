import CliTable from "cli-table3";
import type { Verification } from "./verify-bench";

const form = {
  style: { head: [], border: [] },
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

/** Fits into 110 columns as long as there are five of them. */
export function describeVerifications(all: readonly Verification[]): string {
  const times = new CliTable({
    head: ["verified", "tables", "seconds", "calls", "calls a table"],
    colAligns: ["left", "right", "right", "right", "right"],
    ...form,
  });
  for (const { what, tables, medianSeconds, calls, callsPerTable } of all) {
    times.push([what, tables, medianSeconds.toFixed(2), calls, callsPerTable.toFixed(1)]);
  }
  const names = [...new Set(all.flatMap(({ operations }) => Object.keys(operations)))].sort();
  const operations = new CliTable({
    head: ["calls", ...all.map(({ what }) => what)],
    colAligns: ["left", ...all.map(() => "right" as const)],
    ...form,
  });
  for (const name of names) operations.push([name, ...all.map((one) => one.operations[name] ?? 0)]);
  return [
    times.toString(),
    "Seconds: the median of several. They are moto's: AWS answers several calls at once, and sooner.",
    operations.toString(),
  ].join("\n");
}
