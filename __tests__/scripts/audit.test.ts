/** Which days are looked at, and what is read of a record. The command itself: __tests__/e2e/audit-trail.test.ts. */

import { daysBetween } from "../../scripts/lib/audit/days";
import { readCalls } from "../../scripts/lib/audit/record";
import { CouldNotTell } from "../../scripts/lib/errors";

const now = new Date("2026-11-21T23:59:59Z");

describe("the days", () => {
  it.each<[string | undefined, string | undefined, readonly string[]]>([
    [undefined, undefined, ["2026/11/21"]],
    ["2026-11-20", undefined, ["2026/11/20", "2026/11/21"]],
    [undefined, "2026-11-01", ["2026/11/01"]],
    ["2024-02-28", "2024-03-01", ["2024/02/28", "2024/02/29", "2024/03/01"]],
  ])("from %s to %s are %j", (from, to, days) => {
    expect(daysBetween(from, to, now)).toEqual(days);
  });

  it("are as many as are kept, and no more", () => {
    expect(daysBetween("2025-10-18", undefined, now)).toHaveLength(400);
    expect(() => daysBetween("2025-10-17", undefined, now)).toThrow("is 401 days: take at most 400");
  });

  it.each([
    ["2026-11-22", "2026-11-21", "--from is after --to"],
    ["2026-02-31", "2026-11-21", '--from takes a day in UTC such as 2026-11-21; found "2026-02-31"'],
    ["yesterday", undefined, "--from takes a day"],
    [undefined, "2026-11-21T10:00", "--to takes a day"],
  ])("from %s to %s are refused", (from, to, sentence) => {
    expect(() => daysBetween(from, to, now)).toThrow(CouldNotTell);
    expect(() => daysBetween(from, to, now)).toThrow(sentence);
  });
});

describe("a record", () => {
  const file = (...Records: readonly object[]) => JSON.stringify({ Records });
  const call = (requestParameters: object | null, userIdentity: object = { type: "AWSService" }) => ({
    eventTime: "2026-11-21T10:00:00Z",
    eventName: "BatchGetItem",
    userIdentity,
    requestParameters,
  });

  it.each([
    ["a key", { key: { request_id: "analysis_abc123" } }, true],
    ["a key of a number", { key: { brandid: 54321 } }, false],
    [
      "one of several keys",
      { requestItems: [{ key: { request_id: "x" } }, { key: { request_id: "analysis_abc123" } }] },
      true,
    ],
    ["a key that only begins so", { key: { request_id: "analysis_abc1234" } }, false],
    ["no parameters", null, false],
  ])("of %s is found by the item: %s", (_, parameters, isFound) => {
    expect(readCalls(file(call(parameters)), "analysis_abc123")).toHaveLength(isFound ? 1 : 0);
    expect(readCalls(file(call(parameters)), undefined)).toHaveLength(1);
  });

  it("is found by a number as by its digits", () => {
    expect(readCalls(file(call({ key: { brandid: 54321 } })), "54321")).toHaveLength(1);
  });

  it("of a service that called itself says which", () => {
    const [found] = readCalls(
      file(call(null, { type: "AWSService", invokedBy: "backup.amazonaws.com" })),
      undefined,
    );
    expect(found).toEqual({
      time: "2026-11-21T10:00:00Z",
      call: "BatchGetItem",
      kind: "write",
      who: "backup.amazonaws.com",
      from: "unknown",
      tables: [],
    });
  });

  it.each(["", "{}", '{"Records":[{}]}'])("is none in %j", (text) => {
    expect(() => readCalls(text, undefined)).toThrow();
  });
});
