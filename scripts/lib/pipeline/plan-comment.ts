/** The one comment on a pull request: what its change does to every environment, and whether the guard lets it. */

import { exitCodes, type ExitCode } from "../errors";
import { code, fenced, withoutMentions } from "../markdown";
import type { Report } from "./reports";
import type { Targets } from "./targets";

/** By which the comment is found again. */
export const planMarker = "<!-- dynamodb-layer: plan -->";

/** GitHub: "Body is too long (maximum is 65536 characters)"; some are left for what it counts otherwise. */
export const mostCharacters = 65_000;

export interface CommentProps {
  readonly targets: Targets;
  /** One of each target. */
  readonly reports: readonly Report[];
  readonly commit: string;
  /** Where all of it stands. */
  readonly runUrl: string;
}

/** 0: planned, or nothing is affected; 1: the guard refuses; 2: a plan is missing. */
export function verdictOf(reports: readonly Report[]): ExitCode {
  if (reports.some(({ plan }) => plan === exitCodes.no)) return exitCodes.no;
  return reports.every(({ plan }) => plan === exitCodes.done) ? exitCodes.done : exitCodes.couldNotTell;
}

/** The verdicts come first, so that they are never cut. */
export function planComment({ targets, reports, commit, runUrl }: CommentProps): string {
  const head = [
    planMarker,
    `## Plan of ${code(commit.slice(0, 12))}: ${titleOf(reports)}`,
    ...(reports.length > 0
      ? [
          [
            "| environment | stacks that change | verdict |",
            "| --- | --- | --- |",
            ...reports.map(
              ({ environment, changed, plan }) =>
                `| ${environment} | ${changed.map(code).join(", ") || "none"} | ${verdicts[plan ?? 2]} |`,
            ),
          ].join("\n"),
        ]
      : []),
    ...targets.skipped.map(
      (environment) => `${environment} is affected and has no account or no state bucket: not planned.`,
    ),
    ...targets.removed.map((stack) => `${code(stack)} is no more: destroy it before this is merged.`),
    `Logs, and the summaries in full, are with [this run](${runUrl}).`,
  ].join("\n\n");
  const room = mostCharacters - head.length;
  return [head, ...shorten(reports.map(sectionOf), room)].join("\n\n");
}

function titleOf(reports: readonly Report[]): string {
  if (reports.length === 0) return "no stack is affected";
  const refused = reports.filter(({ plan }) => plan === exitCodes.no);
  if (refused.length > 0) {
    return `the guard refuses ${refused.map(({ environment }) => environment).join(", ")}`;
  }
  return verdictOf(reports) === exitCodes.done ? "the guard lets it through" : "could not be planned";
}

const verdicts = { 0: "passed", 1: "**refused**", 2: "**could not be planned**" } as const;

function sectionOf({ environment, plan, summary, errors }: Report): string {
  const failed =
    plan === undefined || plan === exitCodes.couldNotTell
      ? `### ${environment} could not be planned\n\n${fenced(errors || "Its job ended before the plan.")}`
      : "";
  // What others have written may stand in it, and may look like our marker.
  const shown = withoutMentions(summary ?? "")
    .replaceAll("<!--", "&lt;!--")
    .trim();
  return [failed, shown].filter((part) => part !== "").join("\n\n");
}

const pointer = "\n\n_Cut here: the rest is in the summary of the run._";

/** Short sections leave their share of the room to the long ones. */
function shorten(sections: readonly string[], room: number): readonly string[] {
  let left = room - 2 * sections.length;
  const ascending = sections
    .map((section, index) => ({ section, index }))
    .sort((one, other) => one.section.length - other.section.length);
  return ascending
    .map(({ section, index }, nth) => {
      const text = cut(section, Math.floor(left / (ascending.length - nth)));
      left -= text.length;
      return { text, index };
    })
    .sort((one, other) => one.index - other.index)
    .map(({ text }) => text);
}

const unclosed = "\n\n</details>";

/** At the end of a line, with what is open closed. */
function cut(section: string, limit: number): string {
  if (section.length <= limit) return section;
  const kept = section.slice(0, Math.max(0, limit - pointer.length - unclosed.length));
  const whole = kept.slice(0, Math.max(0, kept.lastIndexOf("\n")));
  const open = whole.split("<details>").length > whole.split("</details>").length;
  return `${whole}${open ? unclosed : ""}${pointer}`;
}
