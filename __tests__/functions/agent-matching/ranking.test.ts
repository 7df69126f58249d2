/** The ranking of docs/apis.md, by example. */

import { parseMatch } from "../../../functions/agent-matching/calls";
import { BestMatches, judgeBy, type Match } from "../../../functions/agent-matching/ranking";
import { readSummary } from "../../../functions/agent-matching/stored-profile";
import { plumber } from "../../support/agent-matching";

const stored = { ...plumber, job: "plumber", location_city: "berlin", timestamp: "2025-06-01T08:30:00Z" };
const judge = (asked: object, changes: object = {}): Match | undefined =>
  judgeBy(parseMatch(asked).criteria)(readSummary({ ...stored, ...changes }));

describe("a profile", () => {
  it.each([
    ["job", { job: " PLUMBER " }, 40, "The job is plumber."],
    ["city", { city: "Berlin" }, 30, "The city is berlin."],
    ["price", { maxPrice: "85.50" }, 10, "The price 85.5 is at most 85.5."],
    ["each tag", { tags: ["emergency", "HEATING", "solar"] }, 20, "Has 2 of 3 tags: emergency, heating."],
    ["each word in front", { text: "heating, plumber!" }, 6, "Has 2 of 2 words: heating, plumber."],
    [
      "each word behind",
      { text: "torstrasse berlin night" },
      3,
      "Has 3 of 3 words: torstrasse, berlin, night.",
    ],
    ["a word given twice, once", { text: "Night night" }, 1, "Has 1 of 1 words: night."],
  ])("gets points for %s, and a reason", (_, asked, score, reason) => {
    expect(judge(asked)).toMatchObject({ position: { score }, reasons: [reason] });
  });

  it("gets the sum of all criteria", () => {
    const asked = { job: "plumber", city: "berlin", maxPrice: 100, tags: ["heating"], text: "repairs" };
    const match = judge(asked);
    expect(match?.position.score).toBe(40 + 30 + 10 + 10 + 1);
    expect(match?.reasons).toHaveLength(5);
  });

  it.each([
    ["job", { job: "plumb" }],
    ["city", { city: "germany" }],
    ["price", { maxPrice: 85.49 }],
    ["tags", { tags: ["heat"] }],
    ["words", { text: "plumb" }],
    ["one criterion of two", { job: "plumber", tags: ["solar"] }],
  ])("is no match when it lacks the %s", (_, asked) => expect(judge(asked)).toBeUndefined());

  it("is found by letters that are composed otherwise", () => {
    const description = "Ku\u0308chen";
    expect(judge({ text: "KÜCHEN" }, { description })?.position.score).toBe(1);
  });

  it.each([[undefined], ["on request"], [null], [["85"]]])(
    "without a readable price (%p) matches no maximum, and everything else",
    (averagePrice) => {
      expect(judge({ maxPrice: 1_000 }, { averagePrice })).toBeUndefined();
      expect(judge({ job: "plumber" }, { averagePrice })?.position.price).toBeNull();
    },
  );
});

describe("matches", () => {
  const ids = (matches: readonly (Match | undefined)[], most = 10) => {
    const best = new BestMatches(most);
    // One at a time, as pages bring them.
    for (const match of matches) best.add(match === undefined ? [] : [match]);
    return best.inOrder.map(({ position }) => position.id);
  };
  const asked = { text: "heating night" };

  it("are ordered by score, then price, then id", () => {
    const matches = [
      judge(asked, { id: "no-price", averagePrice: "?" }),
      judge(asked, { id: "dear", averagePrice: "100.1" }),
      judge(asked, { id: "b", averagePrice: 20 }),
      judge(asked, { id: "a", averagePrice: "20.00" }),
      judge(asked, { id: "less", averagePrice: 1, description: "" }),
    ];
    const order = ["a", "b", "dear", "no-price", "less"];
    expect(ids(matches)).toEqual(order);
    expect(ids([...matches].reverse())).toEqual(order);
    expect(ids(matches, 2)).toEqual(["a", "b"]);
  });

  it("are each there once, whichever index found them", () => {
    const match = judge(asked);
    expect(ids([match, match])).toEqual([plumber.id]);
  });

  it("of prices that no double tells apart are in the prices' order", () => {
    const [less, more] = ["0.1", "0.10000000000000000001"];
    expect(
      ids([
        judge(asked, { id: "more", averagePrice: more }),
        judge(asked, { id: "zless", averagePrice: less }),
      ]),
    ).toEqual(["zless", "more"]);
  });
});
