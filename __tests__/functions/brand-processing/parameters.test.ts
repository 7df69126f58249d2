/** Bedrock sends every parameter as text, and a model wrote it. */

import {
  actionParameters,
  listOf,
  oneOf,
  readParameters,
  truth,
  wholeNumber,
  type ActionName,
  type Kind,
} from "../../../functions/brand-processing/parameters";
import { Refusal } from "../../../functions/shared/refusal";

const read = (action: ActionName, parameters: Readonly<Record<string, string>>): unknown =>
  readParameters(
    actionParameters[action],
    Object.entries(parameters).map(([name, value]) => ({ name, value })),
  );

/** What is said of a call that is refused. */
function refusalOf(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("a text", () => {
  const aNumber = wholeNumber(1, 100_000, "12345");
  const aStatus = oneOf(["unprocessed", "retry"]);
  it.each<[string, Kind<unknown>, unknown]>([
    ["12345", aNumber, 12345],
    ["12345.0", aNumber, 12345],
    ["+12345", aNumber, 12345],
    ["0012345", aNumber, 12345],
    ["1e3", aNumber, undefined],
    ["", aNumber, undefined],
    ["true", truth, true],
    ["True", truth, true],
    ["false", truth, false],
    ["yes", truth, undefined],
    ["1", truth, undefined],
    ["Unprocessed", aStatus, "unprocessed"],
    ["RETRY", aStatus, "retry"],
    ["done", aStatus, undefined],
    ["[a, b]", listOf(oneOf(["a", "b"])), ["a", "b"]],
    ["a, b", listOf(oneOf(["a", "b"])), ["a", "b"]],
    ['["a","b"]', listOf(oneOf(["a", "b"])), ["a", "b"]],
    ["[1, 2]", listOf(aNumber), [1, 2]],
    ["[true, false]", listOf(truth), [true, false]],
    ["7", listOf(aNumber), [7]],
    ["a, a", listOf(oneOf(["a", "b"])), ["a"]],
    ["a, c", listOf(oneOf(["a", "b"])), undefined],
    ["[]", listOf(aNumber), undefined],
    ["[[1]]", listOf(aNumber), undefined],
    ['["a"', listOf(oneOf(["a"])), undefined],
  ])("%j is read as what it is meant for", (text, kind, value) => {
    expect(kind.read(text)).toEqual(value);
  });
});

describe("a call's parameters", () => {
  it.each(["12345", " 12345 ", '"12345"', "'12345'"])("have the brandid %j as a number", (brandid) => {
    expect(read("start_workflow", { brandid })).toEqual({ brandid: 12345 });
  });

  it.each<[string, readonly string[]]>([
    ["FAILED", ["failed"]],
    [" Retry ", ["retry"]],
    ["unprocessed, Retry", ["unprocessed", "retry"]],
    ['["unprocessed", "retry", "retry"]', ["unprocessed", "retry"]],
  ])("have the status %j as a list", (status, statuses) => {
    expect(read("list_brands", { status })).toEqual({ status: statuses, limit: undefined });
  });

  it.each(["", "null", "None", "undefined"])("have no limit when it is %j", (limit) => {
    expect(read("start_unprocessed", { limit })).toEqual({ limit: undefined });
  });

  it.each([
    "abc",
    "-5",
    "0",
    "12345.5",
    "1e3",
    "0x10",
    "12,345",
    "[12345]",
    "9007199254740992",
    "true",
    "١٢",
  ])("are refused in words when the brandid is %j, which is not repeated", (brandid) => {
    expect(refusalOf(() => read("start_workflow", { brandid }))).toBe(
      "brandid must be a whole number of at least 1, such as 12345. " +
        "Ask the user for it if they did not say, then call the action again.",
    );
  });

  it.each([{}, { brandid: "" }, { brandid: "null" }])(
    "are refused in words when they lack it: %j",
    (sent) => {
      expect(refusalOf(() => read("get_brand", sent))).toMatch(
        /^brandid is missing: it must be a whole number/,
      );
    },
  );

  it.each(["pending", "done", "unprocessed, pending", "[]", "[null]", "{}", "unprocessed retry"])(
    "are refused with the list of statuses when the status is %j",
    (status) => {
      expect(refusalOf(() => read("list_brands", { status }))).toMatch(
        /^status must be one of unprocessed, processing, completed, failed, retry, or several/,
      );
    },
  );

  it.each(["0", "101", "ten", "-1"])("are refused when the limit is %j", (limit) => {
    expect(refusalOf(() => read("start_unprocessed", { limit }))).toMatch(
      /^limit must be a whole number from 1 to 100, such as 25\./,
    );
  });

  it("are refused with those that there are when there is another, or one twice", () => {
    expect(refusalOf(() => read("get_brand", { brandid: "1", sector: "Food" }))).toBe(
      "There is a parameter that the action does not take: call it again with brandid alone.",
    );
    expect(refusalOf(() => read("count_brands", { status: "failed" }))).toBe(
      "This action takes no parameters: call it again without any.",
    );
    const twice = ["1", "2"].map((value) => ({ name: "brandid", value }));
    expect(refusalOf(() => readParameters(actionParameters.get_brand, twice))).toBe(
      "brandid is given twice: call the action again with one.",
    );
  });
});
