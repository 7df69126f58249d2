/** The chart: well-formed, told in words, and right where its lines cross. */

import { costChart, curvesOf } from "../../../scripts/lib/cost/chart";
import { estimateTable } from "../../../scripts/lib/cost/estimate";
import { nothingCharged } from "../../../scripts/lib/cost/fixed";
import { defaultWorkload } from "../../../scripts/lib/cost/documents";
import { element, text } from "../../../scripts/lib/cost/svg";
import { loadWorkload, parseWorkload } from "../../../scripts/lib/cost/workload";
import { catalogue } from "../../../tables/catalogue";
import { tradeProcessingStatus } from "../../../tables/trade-processing-status";

const surroundings = { alarms: nothingCharged, isAudited: false };
const { tables, name } = loadWorkload(defaultWorkload);
const estimates = catalogue.flatMap((spec) => {
  const load = tables[spec.id];
  return load === undefined ? [] : [estimateTable({ spec, environment: "prod", surroundings }, load)];
});
const chart = costChart(estimates, name);

/** What of a document does not close as it opened; undefined where all does. */
function malformed(xml: string): string | undefined {
  const open: string[] = [];
  const rest = xml
    .replaceAll(/<\?xml[^>]*\?>/g, "")
    .replaceAll(
      /<(\/?)([\w-]+)((?:\s[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>/g,
      (_, closes: string, tag: string, _attributes: string, isEmpty: string) => {
        if (closes === "" && isEmpty === "") open.push(tag);
        else if (closes !== "" && open.pop() !== tag) open.push(`unexpected ${tag}`);
        return "";
      },
    );
  return open[0] ?? /[<>]|&(?!#\d+;)/.exec(rest)?.[0];
}

it("is well-formed, closed and self-contained", () => {
  expect(malformed(chart)).toBeUndefined();
  expect(malformed(chart.replace("</desc>", ""))).toBeDefined();
  expect(malformed(chart.replace("break-even:", "break-even & more"))).toBe("&");
  const addresses = chart.match(/(?:href|src|url\()[^\s"]*/g) ?? [];
  expect(addresses.every((one) => /^url\(#panel-\d+/.test(one))).toBe(true);
  expect(chart).not.toContain("NaN");
  expect(chart).not.toContain("Infinity");
});

it("is told in words to who does not see it, and readable in the dark", () => {
  expect(chart).toContain('role="img" aria-labelledby="title description"');
  expect(chart).toMatch(/<title id="title">Cost of DynamoDB against load<\/title><desc id="description">/);
  for (const { table } of estimates) expect(chart).toMatch(new RegExp(`${table}: [\\d.]+ requests/s; `));
  expect(chart).toContain("@media (prefers-color-scheme: dark)");
  for (const words of ["requests a second", "US dollars a month"]) {
    expect(chart.split(`>${words}</text>`)).toHaveLength(estimates.length + 1);
  }
});

it("escapes what it is given", () => {
  expect(element("text", { class: 'a"b' }, [text("1 < 2 & \u0001")])).toBe(
    '<text class="a&#34;b">1 &#60; 2 &#38; \ufffd</text>',
  );
});

describe.each(estimates.map((estimate) => ({ id: estimate.spec.id, estimate })))(
  "the curves of $id",
  ({ estimate }) => {
    const curves = curvesOf(estimate);
    if (curves === undefined) throw new Error("It has a load.");
    const { loads, onDemand, provisioned, breakEven = NaN, own } = curves;
    const rises = (numbers: readonly number[]) =>
      numbers.every((one, at) => at === 0 || one >= (numbers[at - 1] ?? 0));

    it("rise to the right", () => {
      expect(loads.every((one, at) => at === 0 || one > (loads[at - 1] ?? 0))).toBe(true);
      expect(rises(onDemand)).toBe(true);
      expect(rises(provisioned)).toBe(true);
    });

    it("meet at the break-even, above which provisioned costs no more", () => {
      const at = loads.indexOf(breakEven);
      expect(provisioned[at]).toBeCloseTo(onDemand[at] ?? NaN, 6);
      const above = loads.map((_, point) => point).filter((point) => point > at);
      expect(above.length).toBeGreaterThan(10);
      for (const point of above) expect(provisioned[point]).toBeLessThanOrEqual(onDemand[point] ?? NaN);
      expect(provisioned[0]).toBeGreaterThan(onDemand[0] ?? NaN);
    });

    it("go through the workload's own point", () => {
      const curve = estimate.billing === "on-demand" ? onDemand : provisioned;
      expect(curve[loads.indexOf(own.load)]).toBe(own.cost);
      const month = estimate.places.reduce((all, place) => {
        const cost = estimate.billing === "on-demand" ? place.onDemand : place.provisioned?.cost;
        return all + Number(cost?.read ?? 0n) + Number(cost?.write ?? 0n);
      }, 0);
      expect(own.cost).toBeCloseTo(month / 1e9, 6);
    });
  },
);

it("shows a break-even at the load that is reckoned by hand", () => {
  const write = { what: "a session begins", kind: "create", perMonth: 2_628_000 };
  const workload = { schemaVersion: 1, name: "one a second", describes: "a" };
  const load = parseWorkload(
    { ...workload, tables: { [tradeProcessingStatus.id]: { items: 1, itemBytes: 900, writes: [write] } } },
    "a",
  ).tables[tradeProcessingStatus.id];
  if (load === undefined) throw new Error("No load.");
  const estimate = estimateTable({ spec: tradeProcessingStatus, environment: "prod", surroundings }, load);
  // A write and a read unit, 0.00078 an hour, against 0.00225 for a write a second.
  expect(curvesOf(estimate)?.breakEven).toBeCloseTo(0.3467, 4);
  expect(costChart([estimate], "one a second")).toContain(">break-even: 0.347 requests/s<");
});

it("says of a table without a load that it has none", () => {
  const load = { ...(tables["conversations"] ?? {}), reads: [], writes: [] };
  const spec = catalogue.find(({ id }) => id === "conversations");
  if (spec === undefined) throw new Error("No table.");
  const idle = estimateTable(
    { spec, environment: "prod", surroundings },
    parseWorkload({ schemaVersion: 1, name: "a", describes: "a", tables: { conversations: load } }, "a")
      .tables["conversations"] ??
      (() => {
        throw new Error("No load.");
      })(),
  );
  expect(curvesOf(idle)).toBeUndefined();
  expect(costChart([idle], "idle")).toContain(">no load</text>");
});
