/** Where `verify --watch` tells what has changed: lines, and on a terminal one more that changes in place. */

import type { Colors } from "picocolors/types";
import { jsonLine, printable } from "../../watch/text";
import { changesBetween, isNothing, type Changes, type Told } from "./changes";
import { schemaVersion } from "./document";
import { describeSummary, firing } from "./text";
import { coverageOf, isUnknown, outcomeOf, type Verification } from "./verification";

export interface WatchDisplay {
  /** Told of every look, at the time at which it ended. */
  readonly look: (verification: Verification, at: Date) => void;
  readonly end: () => void;
}

/** One JSON document a look, with what differs from the look before; the first one finds everything. */
export function jsonLooks(print: (line: string) => void): WatchDisplay {
  let last: Verification | undefined;
  return {
    look(verification, at) {
      const { environment, strict, reports } = verification;
      print(
        jsonLine({
          schemaVersion,
          at: at.toISOString(),
          environment,
          outcome: outcomeOf(verification),
          strict,
          coverage: coverageOf(verification),
          ...changesBetween(last?.reports ?? [], reports),
        }),
      );
      last = verification;
    },
    end: () => undefined,
  };
}

/** The line of a terminal that changes in place. */
export interface StatusLine {
  /** Prints above it. */
  readonly print: (text: string) => void;
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

/** The first look in full, then what has changed; a look without changes shows in the status line alone. */
export function peoplesLooks(
  { print, show, clear }: StatusLine,
  { colors, intervalSeconds }: { readonly colors: Colors; readonly intervalSeconds: number },
): WatchDisplay {
  let last: Verification | undefined;
  return {
    look(verification, at) {
      const changes = changesBetween(last?.reports ?? [], verification.reports);
      const time = at.toISOString();
      const isFirst = last === undefined;
      const told = isFirst || !isNothing(changes);
      for (const line of describeChanges(changes, colors)) print(`${time} ${line}`);
      const summary = describeSummary(verification, colors);
      if (told) print(`${time} ${summary}`);
      show(`${time} ${summary} Looks again in ${intervalSeconds} s; Ctrl-C ends it.`);
      last = verification;
    },
    end: clear,
  };
}

function describeChanges({ found, gone, states }: Changes, colors: Colors): readonly string[] {
  return [
    ...gone.map((finding) => `${colors.green("✓ gone")} ${describe(finding)}`),
    ...found.map((finding) => {
      const mark = isUnknown(finding)
        ? colors.yellow("? unknown")
        : colors.red(`✗ ${finding.severity}${finding.tier === "undeclared" ? ", undeclared" : ""}`);
      return `${mark} ${describe(finding)}. ${printable(finding.remedy)} See ${printable(finding.ref)}`;
    }),
    // What does not fire before anybody looks is no news.
    ...states
      .filter(({ from, to }) => from !== null || to === firing)
      .map(({ stack, kind, name, from, to }) => {
        const mark = to === firing ? colors.yellow("!") : "·";
        return `${mark} ${stack}: ${kind} ${printable(name)}: ${from ?? "no state"} → ${to ?? "no state"}`;
      }),
  ];
}

const describe = ({ stack, kind, subject, path, expected, actual }: Told): string =>
  [
    `${stack}: ${kind} ${printable(subject)}:`,
    `${printable(path)}: ${printable(expected)} expected, ${printable(actual)} found`,
  ].join(" ");

/** Keeps a line at the bottom of a terminal; elsewhere there is none, and what is printed stays. */
export async function statusLine(stream: NodeJS.WriteStream): Promise<StatusLine> {
  const print = (text: string) => void stream.write(`${text}\n`);
  if (!stream.isTTY || process.env["TERM"] === "dumb")
    return { print, show: () => undefined, clear: () => undefined };
  const { createLogUpdate } = await import("log-update");
  const log = createLogUpdate(stream);
  return {
    print(text) {
      log.clear();
      print(text);
    },
    show: (text) => log(text),
    clear: () => log.clear(),
  };
}
