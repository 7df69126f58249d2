/** What a brand keeps of a failure, as Step Functions tells it. */

import { failureText } from "../../../functions/brand-processing/failure-text";

const lambda = (errorType: string, errorMessage: string, more: object = {}) => ({
  Error: errorType,
  Cause: JSON.stringify({ errorType, errorMessage, ...more }),
});

it.each([
  [
    "a function's failure",
    lambda("AnswerRefused", "The model's answer is not JSON."),
    "AnswerRefused: The model's answer is not JSON.",
  ],
  [
    "one with a stack trace",
    lambda("Error", "The step failed.\n    at handler (/var/task/index.js:1:1)", {
      trace: ["Error: The step failed.", "    at handler (/var/task/index.js:1:1)"],
    }),
    "Error: The step failed.",
  ],
  ["a task that took too long", { Error: "States.Timeout" }, "States.Timeout"],
  ["one with an empty cause", { Error: "States.Timeout", Cause: "" }, "States.Timeout"],
  ["one whose cause is its name", { Error: "States.Timeout", Cause: "States.Timeout" }, "States.Timeout"],
  [
    "a function that died",
    lambda("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: signal: killed"),
    "Runtime.ExitError: RequestId: 1 Error: Runtime exited with error: signal: killed",
  ],
  [
    "a cause in words",
    { Error: "Lambda.TooManyRequestsException", Cause: "Rate Exceeded. (Service: Lambda)" },
    "Lambda.TooManyRequestsException: Rate Exceeded. (Service: Lambda)",
  ],
  ["a cause of another form", { Error: "Error", Cause: '{"secret":"c4n4ry"}' }, "Error"],
  ["a cause of a list", { Error: "Error", Cause: '["c4n4ry"]' }, "Error"],
  ["a cause that is cut", { Error: "Error", Cause: '{"errorMessage":"c4n4' }, "Error"],
  ["nothing", { Error: "" }, "Error"],
  [
    "what turns text around, hides it or breaks lines",
    lambda("Err\u202eor", "a\u200bb\u{e0041}c\u2066d\ud800e\u2028gone"),
    "Err or: a b c d e",
  ],
  ["what steers a terminal", lambda("Err\u001bor", "\u001b[2Jgone\u0007"), "Err or: [2Jgone"],
])("of %s", (_, error, expected) => {
  expect(failureText(error)).toBe(expected);
});

it("is bounded, however long the failure", () => {
  const text = failureText(lambda("E".repeat(10_000), "…".repeat(100_000)));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(602);
  expect(text).toMatch(/^E+… \[truncated\]: …+ \[truncated\]$/);
});
