/** A plan's summary and the guard's verdict as Markdown, for a comment on a pull request. */

import type { Verdict } from "../guard/verdict";
import type { PlannedAction } from "../plan/planned-stack";
import { changeLines, describeCounts, type ChangeLine, type StackSummary } from "./summary";

export interface MarkdownPlan {
  /** None where Terraform refused to make a plan. */
  readonly summary?: StackSummary;
  readonly verdict: Verdict;
}

interface Shown {
  readonly summary: StackSummary;
  readonly verdict: Verdict;
}

export interface MarkdownOptions {
  readonly environment: string;
  readonly commit: string;
  /** A table, when nothing else of its stack is planned. */
  readonly target?: string;
  /** Why a stack could not be planned, by its id. */
  readonly failures?: ReadonlyMap<string, string>;
  /** Section on what changes of the cost (scripts/lib/cost). */
  readonly cost?: string;
}

/** GitHub takes 65,536 characters in a comment; cost and other sections want some of them. */
const longest = 50_000;

const words: Readonly<Record<PlannedAction, string>> = {
  create: "create",
  update: "change",
  replace: "**replace**",
  delete: "**destroy**",
  forget: "**let go**",
};

/** Stacks without changes share a line; details give way to the comment's limit, verdicts never do. */
export function markdownOf(plans: readonly MarkdownPlan[], options: MarkdownOptions): string {
  const { environment, commit, target, failures = new Map<string, string>(), cost } = options;
  const shown = plans.flatMap(({ summary, verdict }) =>
    summary === undefined ? [] : [{ summary, verdict }],
  );
  const changed = shown.filter(({ summary }) => !summary.isEmpty);
  const unchanged = shown.filter(({ summary }) => summary.isEmpty).map(({ summary }) => code(summary.stack));
  const head = [
    `### Plan of ${environment} at ${code(commit.slice(0, 12))}`,
    ...(target === undefined ? [] : [`Only the table ${code(target)} and what it depends on.`]),
    ...[...failures].map(([stack, why]) => `**${code(stack)} could not be planned:** ${plain(why)}`),
    ...verdicts(plans),
    ...(changed.length > 0 ? [overview(changed)] : []),
    ...(unchanged.length > 0 ? [`No changes: ${unchanged.join(", ")}.`] : []),
    ...(changed.length > 0 && cost !== undefined ? [cost] : []),
  ].join("\n\n");
  const details: string[] = [];
  let room = longest - head.length;
  for (const { summary } of changed) {
    const text = detailsOf(summary);
    room -= text.length + 2;
    details.push(room >= 0 ? text : `${code(summary.stack)}: too long to be shown here.`);
  }
  return `${[head, ...details].join("\n\n")}\n`;
}

function verdicts(plans: readonly MarkdownPlan[]): readonly string[] {
  const refusals = plans.flatMap(({ verdict }) =>
    verdict.refusals.map(
      ({ rule, subject, reason, wayOut }) =>
        `- **${code(subject)}** in ${code(verdict.stack)} (${rule}): ${plain(reason)}\n  Way out: ${plain(wayOut)}`,
    ),
  );
  const permitted = plans.flatMap(({ verdict }) =>
    verdict.permitted.map(
      ({ rule, subject, because }) => `- ${code(subject)} (${rule}) is permitted: ${plain(because)}`,
    ),
  );
  return [
    refusals.length > 0
      ? `**The guard refuses this.**\n\n${refusals.join("\n")}`
      : "The guard lets this through.",
    ...(permitted.length > 0 ? [permitted.join("\n")] : []),
  ];
}

function overview(changed: readonly Shown[]): string {
  const rows = changed.map(({ summary, verdict }) =>
    row(
      code(summary.stack),
      describeCounts(summary),
      summary.tables.map(({ table }) => code(table)).join(", "),
      verdict.refusals.length > 0 ? "refused" : "passed",
    ),
  );
  return [row("stack", "plan", "tables", "guard"), row("---", "---", "---", "---"), ...rows].join("\n");
}

function detailsOf({ stack, tables, others, adopted, drift, outputs }: StackSummary): string {
  const rows = [
    ...tables.flatMap(({ table, changes }) => rowsOf(changes, code(table))),
    ...rowsOf(others, ""),
    ...adopted.map(({ address, id }) => row("", "adopt", code(address), "", "", code(id))),
  ];
  return [
    `<details><summary>${stack}</summary>`,
    [
      row("table", "", "resource", "attribute", "from", "to"),
      row("---", "---", "---", "---", "---", "---"),
      ...rows,
    ].join("\n"),
    ...(outputs.length > 0 ? [`Outputs: ${outputs.map(code).join(", ")}.`] : []),
    ...(drift.length > 0 ? [`Changed by others since the last apply: ${drift.map(code).join(", ")}.`] : []),
    "</details>",
  ].join("\n\n");
}

const rowsOf = (changes: StackSummary["others"], table: string): readonly string[] =>
  changeLines(changes).flatMap((line) => lineRows(line, table));

function lineRows(line: ChangeLine, table: string): readonly string[] {
  if (line.kind === "several") {
    const { action, type, names } = line;
    return [
      row(table, words[action], `${names.length} ${code(type)}: ${names.map(code).join(", ")}`, "", "", ""),
    ];
  }
  const { address, action, attributes } = line.change;
  if (attributes.length === 0) return [row(table, words[action], code(address), "", "", "")];
  return attributes.map(({ path, from, to, replaces }) =>
    row(
      table,
      words[action],
      code(address),
      `${code(path)}${replaces ? " (forces replacement)" : ""}`,
      from === undefined ? "" : code(from),
      to === undefined ? "" : code(to),
    ),
  );
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A value cannot leave its code span or its cell. */
const code = (text: string): string =>
  `\`${text.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll(/\s+/g, " ")}\``;

/** Markdown has no meaning in a sentence of others but the code that it quotes. */
const plain = (text: string): string =>
  text.replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
