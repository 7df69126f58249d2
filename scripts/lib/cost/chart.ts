/** Cost against load as SVG: a panel a table, both axes logarithmic, so that a load and a hundred times it fit. */

import { loadCosts, type LoadCosts } from "./break-even";
import type { Load, TableEstimate } from "./estimate";
import { pricesAsOf, pricesRegion } from "./prices";
import { element, text, type Markup } from "./svg";

const width = 720;
const panel = { height: 330, left: 76, right: 24, top: 46, bottom: 54 } as const;
const header = 84;
const samples = 400;

/** From `least` to `most` along a side of the panel. */
interface Axis {
  readonly least: number;
  readonly most: number;
  readonly at: (value: number) => number;
}

const axis = (least: number, most: number, from: number, to: number): Axis => {
  const [low, high] = [Math.log10(least), Math.log10(most)];
  return {
    least,
    most,
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
};

/** A curve's points, rising to the right; for the drawing and for whoever checks it. */
export interface Curves {
  readonly loads: readonly number[];
  readonly onDemand: readonly number[];
  readonly provisioned: readonly number[];
  /** In requests a second. */
  readonly breakEven?: number;
  /** Where autoscaling is at its maximum. */
  readonly maximum?: number;
  readonly own: { readonly load: number; readonly cost: number };
}

/** Undefined for a table with no load: nothing would be drawn. */
export function curvesOf({ load, billing }: Pick<TableEstimate, "load" | "billing">): Curves | undefined {
  const costs = loadCosts(load.places, load.profile);
  const { requestsPerSecond } = load;
  if (requestsPerSecond === 0 || costs.onDemand(1) === 0) return undefined;
  const breakEven = load.breakEvenFactor === undefined ? undefined : load.breakEvenFactor * requestsPerSecond;
  const loads = loadsAround(requestsPerSecond, breakEven);
  const factors = loads.map((one) => one / requestsPerSecond);
  return {
    loads,
    onDemand: factors.map(costs.onDemand),
    provisioned: factors.map(costs.provisioned),
    ...(breakEven !== undefined && { breakEven }),
    ...(load.maximumFactor !== undefined && { maximum: load.maximumFactor * requestsPerSecond }),
    own: { load: requestsPerSecond, cost: ownCost(costs, billing) },
  };
}

const ownCost = (costs: LoadCosts, billing: TableEstimate["billing"]): number =>
  billing === "on-demand" ? costs.onDemand(1) : costs.provisioned(1);

/** Whole decades that have both marks well inside, and the marks themselves. */
function loadsAround(own: Load["requestsPerSecond"], breakEven = own): readonly number[] {
  const least = 10 ** Math.floor(Math.log10(Math.min(own, breakEven) / 2));
  const most = 10 ** Math.ceil(Math.log10(Math.max(own, breakEven) * 3));
  const ratio = most / least;
  const even = Array.from({ length: samples + 1 }, (_, at) => least * ratio ** (at / samples));
  return [...new Set([...even, own, breakEven])].sort((one, other) => one - other);
}

/** Readable in light and dark; on-demand and provisioned differ by dashes, too. */
const style = `
  svg { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --faint: #d1d9e0; --one: #0550ae; --two: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #3d444d; --one: #79c0ff; --two: #ffa657; }
  }
  .paper { fill: var(--paper); }
  text { fill: var(--ink); font: 12px system-ui, sans-serif; stroke: var(--paper); stroke-width: 3; paint-order: stroke; }
  .title { font-size: 16px; font-weight: 600; }
  .table { font-size: 14px; font-weight: 600; }
  .grid { stroke: var(--faint); stroke-width: 1; }
  .curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
  .on-demand { stroke: var(--one); }
  .provisioned { stroke: var(--two); stroke-dasharray: 7 4; }
  .break-even { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 2 3; }
  .maximum { stroke: var(--two); stroke-width: 1.5; stroke-dasharray: 2 3; }
  .own { fill: var(--ink); stroke: var(--paper); stroke-width: 2; }
`;

/** The chart of some tables, in their order. */
export function costChart(estimates: readonly TableEstimate[], workload: string): string {
  const height = header + estimates.length * panel.height;
  const title = "Cost of DynamoDB against load";
  const description =
    `A month's reads and writes in US dollars at the prices of ${pricesRegion} on ${pricesAsOf}, on-demand and ` +
    `provisioned with autoscaling, for the workload "${workload}". ${estimates.map(inWords).join(" ")}`;
  const drawing = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-labelledby": "title description",
    },
    [
      element("title", { id: "title" }, [text(title)]),
      element("desc", { id: "description" }, [text(description)]),
      element("style", {}, [text(style)]),
      element("rect", { class: "paper", width, height }),
      label(title, { x: panel.left, y: 28, class: "title" }),
      label(workload, { x: panel.left, y: 48 }),
      legend(panel.left, 68),
      ...estimates.map((estimate, at) => panelOf(estimate, header + at * panel.height, at)),
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawing}\n`;
}

function inWords({ table, load }: TableEstimate): string {
  if (load.requestsPerSecond === 0) return `${table} has no load.`;
  const factor = load.breakEvenFactor;
  const turn =
    factor === undefined
      ? "on-demand costs less at any load"
      : `provisioned costs no more from ${rate(factor * load.requestsPerSecond)} on`;
  return `${table}: ${rate(load.requestsPerSecond)}; ${turn}.`;
}

export const rate = (perSecond: number): string => `${Number(perSecond.toPrecision(3))} requests/s`;

function panelOf(estimate: TableEstimate, top: number, at: number): Markup {
  const curves = curvesOf(estimate);
  const heading = label(estimate.table, { x: panel.left, y: top + 22, class: "table" });
  if (curves === undefined) {
    return element("g", {}, [heading, label("no load", { x: panel.left, y: top + 46 })]);
  }
  const { loads, onDemand, provisioned, breakEven, maximum = Infinity, own } = curves;
  const [bottom, roof] = [top + panel.height - panel.bottom, top + panel.top];
  const x = axis(loads[0] ?? own.load, loads.at(-1) ?? own.load, panel.left, width - panel.right);
  const y = axis(...costDecades(onDemand, provisioned), bottom, roof);
  const clip = `panel-${at}`;
  const curve = (costs: readonly number[], kind: string) =>
    element("polyline", {
      class: `curve ${kind}`,
      points: costs
        .map((cost, point) => `${pixel(x.at(loads[point] ?? 0))},${pixel(y.at(Math.max(cost, 1e-9)))}`)
        .join(" "),
    });
  return element("g", {}, [
    heading,
    element("clipPath", { id: clip }, [
      element("rect", {
        x: panel.left,
        y: roof,
        width: width - panel.left - panel.right,
        height: bottom - roof,
      }),
    ]),
    ...decades(y).flatMap((value) => [
      element("line", {
        class: "grid",
        x1: panel.left,
        x2: width - panel.right,
        y1: pixel(y.at(value)),
        y2: pixel(y.at(value)),
      }),
      label(`$${value}`, { x: panel.left - 8, y: pixel(y.at(value) + 4), "text-anchor": "end" }),
    ]),
    ...decades(x).flatMap((value) => [
      element("line", {
        class: "grid",
        x1: pixel(x.at(value)),
        x2: pixel(x.at(value)),
        y1: roof,
        y2: bottom,
      }),
      label(String(value), { x: pixel(x.at(value)), y: bottom + 18, "text-anchor": "middle" }),
    ]),
    label("requests a second", {
      x: (panel.left + width - panel.right) / 2,
      y: bottom + 40,
      "text-anchor": "middle",
    }),
    label("US dollars a month", {
      transform: `translate(18 ${(roof + bottom) / 2}) rotate(-90)`,
      "text-anchor": "middle",
    }),
    element("g", { "clip-path": `url(#${clip})` }, [
      curve(onDemand, "on-demand"),
      curve(provisioned, "provisioned"),
    ]),
    ...(breakEven === undefined ? [] : mark("break-even", x.at(breakEven), breakEven, roof, bottom)),
    ...(maximum > x.most ? [] : mark("maximum", x.at(maximum), maximum, roof, bottom)),
    element("circle", {
      class: "own",
      cx: pixel(x.at(own.load)),
      cy: pixel(y.at(Math.max(own.cost, y.least))),
      r: 6,
    }),
    label(`this workload: ${rate(own.load)}`, {
      x: pixel(x.at(own.load) + (isFarRight(x, own.load) ? -10 : 10)),
      y: pixel(y.at(Math.max(own.cost, y.least)) + (own.cost > y.least ? 18 : -12)),
      "text-anchor": isFarRight(x, own.load) ? "end" : "start",
    }),
  ]);
}

const marks = {
  "break-even": { words: "break-even", below: 14 },
  maximum: { words: "autoscaling at its maximum", below: 30 },
} as const;

function mark(
  kind: keyof typeof marks,
  at: number,
  load: number,
  roof: number,
  bottom: number,
): readonly Markup[] {
  const isRight = at > width / 2;
  const { words, below } = marks[kind];
  return [
    element("line", { class: kind, x1: pixel(at), x2: pixel(at), y1: roof, y2: bottom }),
    label(`${words}: ${rate(load)}`, {
      x: pixel(at + (isRight ? -6 : 6)),
      y: roof + below,
      "text-anchor": isRight ? "end" : "start",
    }),
  ];
}

const isFarRight = (x: Axis, load: number): boolean => x.at(load) > width * 0.62;

/** A cent is the least that anybody asks for. */
function costDecades(onDemand: readonly number[], provisioned: readonly number[]): readonly [number, number] {
  const largest = Math.max(...onDemand, ...provisioned);
  const smallest = Math.max(0.01, Math.min(onDemand[0] ?? 0.01, provisioned[0] ?? 0.01));
  return [10 ** Math.floor(Math.log10(smallest)), 10 ** Math.ceil(Math.log10(largest))];
}

/** The powers of ten on an axis, without the doubles' last digits. */
function decades({ least, most }: Axis): readonly number[] {
  const [first, last] = [Math.round(Math.log10(least)), Math.round(Math.log10(most))];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(`1e${first + at}`));
}

function legend(x: number, y: number): Markup {
  const entry = (at: number, kind: string, words: string) => [
    element("line", { class: `curve ${kind}`, x1: at, x2: at + 34, y1: y - 4, y2: y - 4 }),
    label(words, { x: at + 42, y }),
  ];
  return element("g", {}, [
    ...entry(x, "on-demand", "on-demand"),
    ...entry(x + 150, "provisioned", "provisioned with autoscaling"),
  ]);
}

const label = (words: string, attributes: Readonly<Record<string, string | number>>): Markup =>
  element("text", attributes, [text(words)]);

const pixel = (value: number): number => Math.round(value * 100) / 100;
