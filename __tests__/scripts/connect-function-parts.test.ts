/** The parts of `npm run connect-function` that need no AWS. */

import { PassThrough } from "node:stream";
import { confirm } from "../../scripts/lib/connect-function/confirm";
import { readFunctionName } from "../../scripts/lib/connect-function/function-name";

describe("the name of a function", () => {
  const place = { region: "us-east-1", accountId: "123456789012" };

  it.each([
    "cg-production-chatbot",
    "123456789012:function:cg-production-chatbot",
    "arn:aws:lambda:us-east-1:123456789012:function:cg-production-chatbot",
  ])("is read from %s", (text) => {
    expect(readFunctionName(text, place)).toBe("cg-production-chatbot");
  });

  it.each([
    ["cg-production-chatbot:live", 'leave ":live" off'],
    ["cg-production-chatbot:12", 'leave ":12" off'],
    ["cg-production-chatbot:$LATEST", 'leave ":$LATEST" off'],
    ["arn:aws:lambda:us-east-1:123456789012:function:cg-production-chatbot:live", 'leave ":live" off'],
    [
      "arn:aws:lambda:eu-central-1:123456789012:function:cg-production-chatbot",
      "The function is in eu-central-1, and us-east-1 is where this would look: give --region eu-central-1.",
    ],
    [
      "arn:aws:lambda:us-east-1:999988887777:function:cg-production-chatbot",
      "The function is in account 999988887777, and the environment in 123456789012.",
    ],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/cg-chatbot-conversations", "Give its name."],
    ["../../etc/passwd", "Give its name."],
    ["", "Give its name."],
    ["x".repeat(65), "Give its name."],
  ])("is not read from %j", (text, sentence) => {
    expect(() => readFunctionName(text, place)).toThrow(sentence);
  });
});

describe("the question before a write", () => {
  const ask = (answer: (input: PassThrough) => void, signal = new AbortController().signal) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true });
    const asked = confirm("Write this to cg-production-chatbot?", { input, output }, signal);
    answer(input);
    return asked;
  };

  it.each([
    ["y\n", true],
    ["Yes\n", true],
    ["n\n", false],
    ["\n", false],
    ["yesterday\n", false],
  ])("takes %j as %s", async (answer, expected) => {
    expect(await ask((input) => input.write(answer))).toBe(expected);
  });

  it("takes the end of the input as no", async () => {
    expect(await ask((input) => input.end())).toBe(false);
  });

  it("ends with Ctrl-C", async () => {
    const controller = new AbortController();
    const interrupted = new Error("Interrupted by SIGINT.");
    const asked = ask(() => undefined, controller.signal);
    controller.abort(interrupted);
    await expect(asked).rejects.toBe(interrupted);
  });
});
