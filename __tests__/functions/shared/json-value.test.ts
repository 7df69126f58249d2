import fc from "fast-check";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as v from "valibot";
import { hasStorableTexts, jsonObject, jsonValue } from "../../../functions/shared/json-value";

const nested = (levels: number): unknown => (levels === 0 ? "deep" : { in: nested(levels - 1) });

describe("a JSON value", () => {
  it.each([
    ["a tool's result", { files: [{ file_id: 123, resolution: "3840x2160", hdr: false, notes: null }] }],
    ["fractions", [0.1, -2.5, 1e-130]],
    ["24 levels", nested(24)],
    ["a name of 65,535 bytes", { ["é".repeat(32_767) + "x"]: 1 }],
  ])("is taken: %s", (_, value) => expect(v.is(jsonValue, value)).toBe(true));

  it.each([
    ["25 levels", nested(25)],
    ["a whole number beyond 2^53", 2 ** 53],
    ["more than DynamoDB's numbers hold", 1e300],
    ["less than DynamoDB's numbers hold", 1e-200],
    ["infinity", Infinity],
    ["an empty name", { "": 1 }],
    ["a name of 65,536 bytes", { ["é".repeat(32_768)]: 1 }],
    ["a name that the SDK loses", JSON.parse('{"__proto__": {"a": 1}}')],
    ["a name by which the SDK takes an object for something else", { constructor: "Set" }],
    ["nothing", undefined],
  ])("is refused: %s", (_, value) => expect(v.is(jsonValue, value)).toBe(false));

  it("that is taken comes back from the SDK's marshaller as it was", () =>
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        fc.pre(v.is(jsonValue, value) && !text.includes("-0"));
        expect(unmarshall(marshall({ value }))).toEqual({ value });
      }),
    ));

  it("is an object where one is asked for", () => {
    expect(v.is(jsonObject, { a: 1 })).toBe(true);
    expect([[], "a", null].map((value) => v.is(jsonObject, value))).toEqual([false, false, false]);
  });

  it.each([
    ["whole pairs", { "😀": ["😀", 1, null, true] }, true],
    ["half of a pair", [{ a: "\ud800" }], false],
    ["the other half", "a\udc00", false],
    ["half of a pair in a name", { "\udc00": 1 }, false],
  ])("has texts that DynamoDB takes, or not: %s", (_, value, expected) => {
    expect(hasStorableTexts(value)).toBe(expected);
  });
});
