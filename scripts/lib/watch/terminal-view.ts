/** What the terminal shows at a moment: pure text, so that it can be tested without a terminal. */

import type { Colors } from "picocolors/types";
import {
  overallSeconds,
  stepSeconds,
  type OverallStatus,
  type Progress,
  type StepStatus,
  type Totals,
} from "./progress";
import { cut, displayWidth, duration, printable } from "./text";

export interface View {
  readonly ids: readonly string[];
  /** Of those ids that have been answered for. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** Why there is no fresh answer just now. */
  readonly trouble?: string | undefined;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly colors: Colors;
}

/** As many lines as the terminal has: what is done gives way first, then the steps, then the last ids. */
export function renderView(view: View, terminal: Terminal, now: number): string {
  const trouble = view.trouble === undefined ? [] : [troubleLine(view.trouble, terminal)];
  const room = terminal.rows - 1 - trouble.length;
  const blocks = view.ids.map((id) => block(id, view.progress.get(id), terminal, now));
  const shortened = [
    blocks,
    blocks.map((lines, index) => (isDone(view, index) ? lines.slice(0, 1) : lines)),
    blocks.map((lines) => lines.slice(0, 1)),
  ];
  const lines = shortened.map((kept) => kept.flat()).find(({ length }) => length <= room);
  return [...(lines ?? firstHeadings(blocks, room)), ...trouble].join("\n");
}

/** All of it, for the end: a terminal can be scrolled back. */
export const renderAll = (view: View, terminal: Terminal, now: number): string =>
  renderView(view, { ...terminal, rows: Infinity }, now);

const isDone = ({ ids, progress }: View, index: number): boolean =>
  progress.get(ids[index] ?? "")?.isDone === true;

function firstHeadings(blocks: readonly (readonly string[])[], room: number): readonly string[] {
  const headings = blocks.flatMap((lines) => lines.slice(0, 1));
  const shown = Math.max(0, room - 1);
  return [...headings.slice(0, shown), `… and ${headings.length - shown} more`];
}

function block(
  id: string,
  progress: Progress | undefined,
  terminal: Terminal,
  now: number,
): readonly string[] {
  const { colors } = terminal;
  if (progress === undefined) {
    return [
      line(
        [
          [printable(id), colors.bold],
          ["  not answered yet", colors.dim],
        ],
        terminal,
      ),
    ];
  }
  const { overall, steps, totals } = progress;
  // A name gives way before the time: its beginning still tells which it is.
  const nameWidth = Math.min(
    Math.max(...steps.map(({ name }) => name.length)),
    Math.max(terminal.columns - 1 - besideName, shortestName),
  );
  // An ellipsis right behind the time would read as if that were cut.
  const hasRoom = terminal.columns - 1 - besideName - nameWidth >= "  …".length;
  const heading = [
    [printable(id), colors.bold],
    [`  ${overall}`, colors[colorOf[overall]]],
    [`  ${time(overallSeconds(progress, now))}`, colors.dim],
  ] as const;
  const rows = steps.map(
    (step) =>
      [
        [`  ${symbolOf[step.status]} `, colors[colorOf[step.status]]],
        [`${cut(step.name, nameWidth).padEnd(nameWidth)}  `, plain],
        [step.status.padEnd(statusWidth), colors[colorOf[step.status]]],
        [`  ${time(stepSeconds(step, now)).padStart(timeWidth)}`, colors.dim],
        [hasRoom ? `  ${printable(step.message)}` : "", plain],
      ] as const,
  );
  const total = describeTotals(totals);
  return [
    line(heading, terminal),
    ...rows.map((row) => line(row, terminal)),
    ...(total ? [line([[`    ${"total".padEnd(nameWidth)}  ${total}`, colors.dim]], terminal)] : []),
  ];
}

/** Tokens and duration of a whole session; nothing before there are any: sessions begin with zeros. */
export function describeTotals(totals: Totals | undefined): string {
  const { tokens, seconds } = totals ?? {};
  const number = (value: number) => value.toLocaleString("en-US");
  return [
    tokens?.total &&
      `${number(tokens.total)} tokens (${number(tokens.input)} in, ${number(tokens.output)} out)`,
    seconds && duration(seconds),
  ]
    .filter(Boolean)
    .join(", ");
}

const colorOf = {
  pending: "dim",
  initializing: "dim",
  processing: "yellow",
  "in-progress": "yellow",
  completed: "green",
  success: "green",
  failed: "red",
  error: "red",
} as const satisfies Record<StepStatus | OverallStatus, keyof Colors>;

const symbolOf: Readonly<Record<StepStatus, string>> = {
  pending: "○",
  processing: "●",
  "in-progress": "●",
  completed: "✓",
  success: "✓",
  failed: "✗",
  error: "✗",
};

const statusWidth = Math.max(...Object.keys(symbolOf).map(({ length }) => length));
const timeWidth = "59m 59s".length;
/** What a step's row has before its message: a symbol, two blanks after the name, status and time. */
const besideName = "  ✓ ".length + 2 + statusWidth + 2 + timeWidth;
const shortestName = 4;

const plain = (text: string): string => text;
const time = (seconds: number | undefined): string => (seconds === undefined ? "" : duration(seconds));

const troubleLine = (trouble: string, terminal: Terminal): string =>
  line([[describeTrouble(trouble), terminal.colors.red]], terminal);

export const describeTrouble = (trouble: string): string => `The API gives no status: ${printable(trouble)}`;

type Piece = readonly [text: string, color: (text: string) => string];

/** Coloured pieces in one line. Cut before they are coloured: what colours takes no room, and must be closed. */
function line(pieces: readonly Piece[], { columns }: Terminal): string {
  let room = columns - 1;
  let result = "";
  for (const [text, color] of withoutPadding(pieces)) {
    const shown = cut(text, room);
    room -= displayWidth(shown);
    if (shown !== "") result += color(shown);
    if (shown !== text) break;
  }
  return result.trimEnd();
}

/** An ellipsis must not stand for blanks at the end. */
function withoutPadding(pieces: readonly Piece[]): readonly Piece[] {
  const last = pieces.findLastIndex(([text]) => text.trim() !== "");
  return pieces
    .slice(0, last + 1)
    .map(([text, color], index) => [index === last ? text.trimEnd() : text, color]);
}
