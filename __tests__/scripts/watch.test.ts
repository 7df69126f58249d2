/** `npm run watch` against status APIs that play the documents' stories. */

import { runScript, startScript } from "../support/scripts";
import { playStatusApi, type Scene, type StatusStub } from "../support/status-api";
import { analysisAnswers, sessionAnswers } from "../support/status-stories";

const analysis = "analysis_abc123";
const pathOf = (id: string) => `/analysis/status/${id}`;
const scenes = (...bodies: readonly unknown[]): readonly Scene[] => bodies.map((body) => ({ body }));
const refused = (status: number, headers: Readonly<Record<string, string>> = {}): Scene => ({
  status,
  headers,
  answer: { message: "Forbidden" },
});

let stub: StatusStub;
const play = async (stories: Readonly<Record<string, readonly Scene[]>>) => {
  stub = await playStatusApi(stories);
};
const argumentsFor = (system: string, ...more: readonly string[]) => [
  ...["--system", system, "--env", "local", "--url", stub.url, "--interval", "0.2"],
  ...more,
];
const watchAnalysis = (args: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
  runScript("watch", argumentsFor("design-analysis", ...args), { API_TOKEN: "", ...variables });
const parseLines = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

afterEach(() => stub.close());

describe("a request that completes", () => {
  it("is told line by line in a pipe, with nothing of a terminal: exit 0", async () => {
    const { processing, completed } = analysisAnswers;
    await play({ [pathOf(analysis)]: scenes(processing(), processing(), completed()) });
    const { code, stdout, stderr } = await watchAnalysis([analysis], {
      FORCE_COLOR: "1",
      NO_COLOR: undefined,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const told = stdout.trimEnd().split("\n");
    expect(told.map((line) => line.replace(/^\S+Z \S+ (\S+ \S+).*/, "$1"))).toEqual([
      "chunking completed",
      "inferring processing",
      "overall processing",
      "inferring completed",
      "relating completed",
      "explaining completed",
      "activating completed",
      "overall completed",
    ]);
    expect(stdout).not.toContain("\u001b");
  });

  it("is asked for with the last answer's ETag, and an unchanged answer is no change", async () => {
    const { processing, completed } = analysisAnswers;
    await play({ [pathOf(analysis)]: scenes(processing(), processing(), processing(), completed()) });
    const { code } = await watchAnalysis([analysis, analysis]);
    expect(code).toBe(0);
    expect(stub.asked.map(({ answered }) => answered)).toEqual([200, 304, 304, 200]);
    expect(stub.asked[0]?.headers["if-none-match"]).toBeUndefined();
  });

  it("of a trade session ends with its tokens and duration", async () => {
    await play({ "/status/test-session-123": scenes(sessionAnswers.initializing, sessionAnswers.completed) });
    const { code, stdout } = await runScript("watch", argumentsFor("trade-status", "test-session-123"));
    expect(code).toBe(0);
    expect(stdout).toContain("pdfAdapter success after 17.1s: Text extracted from the PDF\n");
    expect(stdout).toMatch(/total 14,169 tokens \(11,689 in, 2,480 out\), 17\.1s\n$/);
  });
});

describe("many requests", () => {
  it("are followed until all are done; one that failed makes it exit 1", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `analysis_${index}`);
    const stories = ids.map((id, index) => {
      const end = index === 7 ? analysisAnswers.failed(id) : analysisAnswers.completed(id);
      return [pathOf(id), scenes(analysisAnswers.processing(id), end)] as const;
    });
    await play(Object.fromEntries(stories));
    const { code, stdout, stderr } = await watchAnalysis([...ids, "--json"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { outcome, ids: ends } = parseLines(stdout).at(-1) ?? {};
    expect(outcome).toBe("failed");
    expect(ends).toEqual(
      Object.fromEntries(ids.map((id, index) => [id, index === 7 ? "failed" : "completed"])),
    );
  });

  it("of which one is unknown: exit 2, and machines are told too", async () => {
    await play({ [pathOf(analysis)]: scenes(analysisAnswers.processing()) });
    const { code, stdout, stderr } = await watchAnalysis([analysis, "nobody/../knows", "--json"]);
    expect(code).toBe(2);
    const sentence = `There is no request "nobody/../knows" of design-analysis at ${stub.url}/. Check the id and --env.`;
    expect(stderr.trim()).toBe(sentence);
    expect(parseLines(stdout).at(-1)).toMatchObject({ outcome: "could not tell", error: sentence });
    expect(stub.asked.map(({ path }) => path)).toContain(pathOf("nobody%2F..%2Fknows"));
  });
});

describe("an API that is in trouble", () => {
  it("is asked again, after the time that it names, and the story goes on", async () => {
    const end = { body: analysisAnswers.completed() };
    await play({ [pathOf(analysis)]: [refused(503), refused(429, { "retry-after": "0" }), end] });
    const { code, stderr } = await watchAnalysis([analysis]);
    expect(code).toBe(0);
    expect(stderr.trimEnd().split("\n")).toEqual([
      "The API gives no status: HTTP 503; attempt 2 of 5 in 0.2 s",
      "The API gives no status: HTTP 429; attempt 3 of 5 in 0 s",
    ]);
  });

  it("is given up after five attempts: exit 2", async () => {
    await play({ [pathOf(analysis)]: [refused(500, { "retry-after": "0" })] });
    const { code, stdout, stderr } = await watchAnalysis([analysis, "--json"]);
    expect(code).toBe(2);
    expect(stub.asked).toHaveLength(5);
    expect(stderr).toContain(
      `The API at ${stub.url}/ failed 5 times in a row: HTTP 500. Check that it is up`,
    );
    expect(parseLines(stdout)).toEqual([
      expect.objectContaining({ outcome: "could not tell", ids: { [analysis]: null } }),
    ]);
  });

  it("and explains it is quoted, each time and at the end, and not told to be down", async () => {
    const message = "The table is not there.\u001b[2J Deploy the system's tables stack.";
    const answer = { error: { code: "internal", message } };
    await play({ [pathOf(analysis)]: [{ status: 500, answer, headers: { "retry-after": "0" } }] });
    const { code, stderr } = await watchAnalysis([analysis]);
    expect(code).toBe(2);
    const reason = "HTTP 500: The table is not there.\uFFFD[2J Deploy the system's tables stack";
    const told = stderr.trimEnd().split("\n");
    expect(told[0]).toBe(`The API gives no status: ${reason}; attempt 2 of 5 in 0 s`);
    expect(told.at(-1)).toBe(
      `The API at ${stub.url}/ failed 5 times in a row: ${reason}. Run this again once that is put right.`,
    );
  });

  it("is given up when nothing listens: exit 2", async () => {
    await play({});
    await stub.close();
    const { code, stderr } = await watchAnalysis([analysis]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/failed 5 times in a row: connect ECONNREFUSED/);
  });
});

describe("an API that refuses", () => {
  const token = "eyJ-not-a-real-token";

  it.each([401, 403])("a token (%d) is told so, without the token: exit 2", async (status) => {
    await play({ [pathOf(analysis)]: [refused(status)] });
    const { code, stdout, stderr } = await watchAnalysis([analysis, "--json"], { API_TOKEN: token });
    expect(code).toBe(2);
    expect(stub.asked[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(stub.asked).toHaveLength(1);
    expect(stderr).toContain(
      `refused the request (${status}). It was shown the token of API_TOKEN. ` +
        "Set API_TOKEN to the token that `npm run local` prints.",
    );
    expect(stdout + stderr).not.toContain(token);
  });

  it("a request without a token says what to set", async () => {
    await play({ [pathOf(analysis)]: [refused(401)] });
    const { stderr } = await watchAnalysis([analysis]);
    expect(stub.asked[0]?.headers.authorization).toBeUndefined();
    expect(stderr).toContain(
      "It was shown no token and no signature, since it is on this machine. " +
        "Set API_TOKEN to the token that `npm run local` prints.",
    );
  });

  it("is not followed elsewhere, where the token would be shown to somebody else", async () => {
    await play({
      [pathOf(analysis)]: [{ status: 302, headers: { location: pathOf("elsewhere") } }],
    });
    const { code } = await watchAnalysis([analysis], { API_TOKEN: token });
    expect(code).toBe(2);
    expect(stub.asked.map(({ path }) => path)).toEqual([pathOf(analysis)]);
  });
});

describe("another API than that of the system", () => {
  it.each([
    ["another shape", { status: 200, answer: { ok: true } }, "(see status)"],
    ["an unknown status", { body: analysisAnswers.failed(analysis) }, undefined],
    ["no JSON", { status: 200 }, "(no JSON)"],
    ["a path that it does not have", { status: 404, answer: { message: "Not Found" } }, "(HTTP 404)"],
  ])("answers with %s: exit 2", async (_, scene, detail) => {
    const body = JSON.parse(JSON.stringify(scene).replace('"failed"', '"exploded"')) as Scene;
    await play({ [pathOf(analysis)]: [body] });
    const { code, stderr } = await watchAnalysis([analysis]);
    expect(code).toBe(2);
    const sentence = `The API at ${stub.url}/ did not answer as the status API of design-analysis does`;
    expect(stderr).toContain(
      `${sentence} ${detail ?? "(see status.analysis_result.steps_status.relating.status)"}`,
    );
  });
});

it("ends quietly, as other programs do, when who reads its output has gone", async () => {
  const { processing, completed } = analysisAnswers;
  await play({ [pathOf(analysis)]: scenes(analysisAnswers.started(), processing(), completed()) });
  const running = startScript("watch", argumentsFor("design-analysis", analysis, "--interval", "1"));
  await running.printed("overall");
  running.process.stdout?.destroy();
  expect(await running.ended).toBe(141);
  expect(running.output.stderr).toBe("");
});

describe("a request that goes on and on", () => {
  beforeEach(() => play({ [pathOf(analysis)]: scenes(analysisAnswers.processing()) }));

  it("is left with Ctrl-C: exit 130, and the last line still parses", async () => {
    const running = startScript("watch", argumentsFor("design-analysis", analysis, "--json"));
    await running.printed("inferring");
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(running.output.stderr.trim()).toBe("Interrupted by SIGINT.");
    expect(parseLines(running.output.stdout).at(-1)).toMatchObject({
      outcome: "could not tell",
      ids: { [analysis]: "processing" },
    });
  });

  it.each([
    ["0.5", "0.5 seconds"],
    ["1", "1 second"],
  ])("is given up after --timeout %s: exit 2", async (timeout, waited) => {
    const { code, stderr } = await watchAnalysis([analysis, "--timeout", timeout]);
    expect(code).toBe(2);
    expect(stderr.trim()).toBe(`Not all were done after ${waited}. Run this again to go on.`);
  });
});
