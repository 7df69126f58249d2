/** A plan's summary and the guard's verdict, for people at a terminal. */

import type { Colors } from "picocolors/types";
import type { Verdict } from "../guard/verdict";
import type { PlannedAction } from "../plan/planned-stack";
import { changeLines, describeCounts, type ChangeLine, type StackSummary } from "./summary";

const marks: Readonly<Record<PlannedAction, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  forget: ".",
};

const colorOf = (colors: Colors): Readonly<Record<PlannedAction, (text: string) => string>> => ({
  create: colors.green,
  update: colors.yellow,
  replace: colors.red,
  delete: colors.red,
  forget: colors.red,
});

export function describeSummary(summary: StackSummary, colors: Colors): string {
  const { stack, tables, others, adopted, drift, outputs } = summary;
  return [
    `${colors.bold(stack)}: ${describeCounts(summary)}`,
    ...tables.flatMap(({ table, changes }) => [`  ${table}`, ...linesOf(changes, "    ", colors)]),
    ...linesOf(others, "  ", colors),
    ...adopted.map(({ address, id }) => `  ${colors.cyan("<")} ${address} takes over ${id}`),
    ...(outputs.length > 0 ? [`  outputs: ${outputs.join(", ")}`] : []),
    ...(drift.length > 0 ? [`  changed by others since the last apply: ${drift.join(", ")}`] : []),
  ].join("\n");
}

const linesOf = (changes: StackSummary["others"], indent: string, colors: Colors): readonly string[] =>
  changeLines(changes).flatMap((line) => describeLine(line, indent, colors));

function describeLine(line: ChangeLine, indent: string, colors: Colors): readonly string[] {
  const color = colorOf(colors);
  if (line.kind === "several") {
    const { action, type, names } = line;
    return [`${indent}${color[action](marks[action])} ${names.length} ${type}: ${names.join(", ")}`];
  }
  const { address, action, attributes, isTainted } = line.change;
  const cutOff = isTainted ? " (its creation was cut off)" : "";
  return [
    `${indent}${color[action](marks[action])} ${address}${cutOff}`,
    ...attributes.map(
      ({ path, from = "none", to = "none", replaces }) =>
        `${indent}    ${path}: ${from} → ${to}${replaces ? colors.red(" forces replacement") : ""}`,
    ),
  ];
}

export function describeVerdict({ stack, refusals, permitted }: Verdict, colors: Colors): string {
  return [
    ...permitted.map(
      ({ rule, subject, because }) => `${colors.yellow("permitted")} ${subject} (${rule}): ${because}`,
    ),
    ...refusals.flatMap(({ rule, subject, reason, wayOut }) => [
      `${colors.red("✗ refused")} ${stack}, ${subject} (${rule})`,
      `    ${reason}`,
      `    Way out: ${wayOut}`,
    ]),
  ].join("\n");
}
