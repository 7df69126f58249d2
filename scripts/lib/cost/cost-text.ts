/** The cost change of plans for people, in Markdown, and for machines. */

import { code } from "../markdown";
import type { Range } from "./capacity-of";
import { difference, total, type CostChange, type CostLine, type UsageNote } from "./cost-change";
import { exactly, toCents, toSignedCents, type Dollars } from "./money";
import { pricesAsOf, pricesRegion } from "./prices";

const basis =
  `In US dollars a month of 730 hours, at the prices of ${pricesRegion} on ${pricesAsOf}; ` +
  "from … to: autoscaling at its least and at its most. Requests, storage and backups follow from use.";

/** A section of the summary of a plan: one row a table, one for all stacks. */
export function costMarkdown(changes: readonly CostChange[]): string {
  const rows = changes.flatMap(({ stack, lines }) => lines.map((line) => rowOf(code(stack), line)));
  const all = {
    before: total(changes.map((one) => one.before)),
    after: total(changes.map((one) => one.after)),
  };
  const notes = changes.flatMap(notesOf);
  return [
    "#### Cost",
    "",
    ...(rows.length === 0
      ? ["No fixed cost changes."]
      : [
          "| stack | what | before | after | difference |",
          "| --- | --- | ---: | ---: | ---: |",
          ...rows,
          rowOf("", { subject: "all", ...all }, (text) => `**${text}**`),
        ]),
    "",
    ...notes.map((note) => `- ${note}`),
    ...(notes.length === 0 ? [] : [""]),
    basis,
  ].join("\n");
}

interface Bounds {
  readonly least: string;
  readonly most: string;
}

interface Amounts {
  readonly before: Bounds;
  readonly after: Bounds;
  readonly difference: Bounds;
}

/** In US dollars a month; amounts as texts, since a double does not hold them exactly. */
export interface CostDocument extends Amounts {
  readonly currency: "USD";
  readonly pricesAsOf: string;
  readonly lines: readonly (Amounts & { readonly subject: string })[];
  readonly usage: readonly UsageNote[];
  readonly notPriced: Readonly<Record<string, number>>;
}

/** For a stack's entry of `plans.json`. */
export const costDocument = (change: CostChange): CostDocument => {
  const { lines, before, after, usage, notPriced } = change;
  return {
    currency: "USD",
    pricesAsOf,
    ...amounts({ before, after }),
    lines: lines.map(({ subject, ...line }) => ({ subject, ...amounts(line) })),
    usage,
    notPriced,
  };
};

const amounts = (line: Pick<CostLine, "before" | "after">): Amounts => ({
  before: bounds(line.before, exactly),
  after: bounds(line.after, exactly),
  difference: bounds(difference(line), exactly),
});

const bounds = ({ least, most }: Range, text: (amount: Dollars) => string): Bounds => ({
  least: text(least),
  most: text(most),
});

function rowOf(stack: string, line: CostLine, bold = (text: string) => text): string {
  const cells = [
    stack,
    stack === "" ? bold(line.subject) : code(line.subject),
    range(line.before, toCents),
    range(line.after, toCents),
    bold(range(difference(line), toSignedCents)),
  ];
  return `| ${cells.join(" | ")} |`;
}

function range({ least, most }: Range, text: (amount: Dollars) => string): string {
  return least === most ? text(least) : `${text(least)} … ${text(most)}`;
}

function notesOf({ stack, usage, notPriced }: CostChange): readonly string[] {
  const types = Object.entries(notPriced).map(([type, count]) => `${count} ${code(type)}`);
  return [
    ...usage.map(({ subject, note }) => `${code(stack)}: ${code(subject)} ${note}.`),
    ...(types.length === 0 ? [] : [`${code(stack)}, not priced: ${types.join(", ")} that come or go.`]),
  ];
}
