/** What is shown of a moment, without a terminal: the documents' examples. */

import { createColors } from "picocolors";
import * as requests from "../../functions/design-analysis/model";
import { viewOf as requestView } from "../../functions/design-analysis/view";
import * as sessions from "../../functions/trade-status/model";
import { viewOf as sessionView } from "../../functions/trade-status/view";
import { changesBetween, describeChange, changeLine } from "../../scripts/lib/watch/changes";
import { designAnalysis } from "../../scripts/lib/watch/design-analysis";
import type { Progress } from "../../scripts/lib/watch/progress";
import { renderAll, renderView } from "../../scripts/lib/watch/terminal-view";
import { cut, displayWidth, duration, jsonLine, printable } from "../../scripts/lib/watch/text";
import { tradeStatus } from "../../scripts/lib/watch/trade-status";
import { analysisAnswers, sessionAnswers } from "../support/status-stories";

const terminal = { columns: 80, rows: 24, colors: createColors(false) };
const now = Date.parse("2024-01-15T10:31:00Z");
const id = "analysis_abc123";
const analysis = designAnalysis.read(id, analysisAnswers.processing());
const viewOf = (...all: readonly Progress[]) => ({
  ids: all.map((progress) => progress.id),
  progress: new Map(all.map((progress) => [progress.id, progress])),
});

describe("the view of an analysis request", () => {
  it("shows the document's moment: what is done, what runs and for how long, what waits", () => {
    expect(renderView(viewOf(analysis), terminal, now).split("\n")).toEqual([
      "analysis_abc123  processing  1m 00s",
      "  ✓ chunking    completed      45.0s  Successfully created 15 chunks",
      "  ● inferring   processing     14.0s  Starting to infer meanings from chunks",
      "  ○ relating    pending               Waiting for inference to complete",
      "  ○ explaining  pending               Waiting for pattern analysis to complete",
      "  ○ activating  pending               Waiting for explanation to complete",
    ]);
  });

  it("ticks while a step runs, and stands when all is done", () => {
    expect(renderView(viewOf(analysis), terminal, now + 1_000)).toContain("15.0s  Starting to infer");
    const done = viewOf(designAnalysis.read(id, analysisAnswers.completed()));
    expect(renderView(done, terminal, now)).toBe(renderView(done, terminal, now + 3_600_000));
    expect(renderView(done, terminal, now)).toContain("analysis_abc123  completed  4m 00s");
  });

  it("shows steps that have not been written yet as pending, as in the document's shorter example", () => {
    const { steps } = designAnalysis.read(id, analysisAnswers.started());
    expect(steps.map(({ status }) => status)).toEqual(["completed", ...Array<string>(4).fill("pending")]);
  });

  it("never shows a negative time when the server's clock is ahead", () => {
    const early = Date.parse("2024-01-15T10:30:45Z");
    expect(renderView(viewOf(analysis), terminal, early)).toContain("processing      0.0s");
  });

  it("colours by status", () => {
    const colors = createColors(true);
    const failed = designAnalysis.read(id, analysisAnswers.failed());
    const shown = renderView(viewOf(failed), { ...terminal, colors }, now);
    expect(shown).toContain(colors.red("failed     "));
    expect(shown).toContain(colors.green("completed  "));
    expect(renderView(viewOf(analysis), { ...terminal, colors }, now)).toContain(
      colors.yellow("processing "),
    );
  });
});

describe("the view of a trade session", () => {
  it("ends with the tokens and the duration of the document", () => {
    const session = tradeStatus.read("test-session-123", sessionAnswers.completed);
    expect(renderView(viewOf(session), terminal, now).split("\n")).toEqual([
      "test-session-123  completed  17.1s",
      "  ✓ pdfAdapter           success        17.1s  Text extracted from the PDF",
      "  ✓ tradeExtraction      success               Nothing to do",
      "  ✓ tradeMatching        success               Nothing to do",
      "  ✓ exceptionManagement  success               Nothing to do",
      "    total                14,169 tokens (11,689 in, 2,480 out), 17.1s",
    ]);
  });

  it("has no totals before there are any", () => {
    const session = tradeStatus.read("s", sessionAnswers.initializing);
    expect(renderView(viewOf(session), terminal, now)).not.toContain("total");
  });

  it("shows what went wrong rather than what was being done", () => {
    const pdfAdapter = { status: "error", activity: "Reading", error: "The PDF is encrypted" };
    const session = tradeStatus.read("s", { ...sessionAnswers.initializing, pdfAdapter });
    expect(session.steps[0]).toMatchObject({ status: "error", message: "The PDF is encrypted" });
  });
});

describe("a terminal that is small", () => {
  const running = designAnalysis.read("running", analysisAnswers.processing());
  const done = designAnalysis.read("done", analysisAnswers.completed());

  it("cuts every line to its width", () => {
    const message = "日本語 and a long story ".repeat(20);
    const failed = designAnalysis.read("x".repeat(200), analysisAnswers.failed(id, message));
    for (const columns of [20, 40, 80]) {
      const view = { ...viewOf(failed), trouble: message };
      for (const line of renderView(view, { ...terminal, columns }, now).split("\n")) {
        expect(displayWidth(line)).toBeLessThan(columns);
      }
    }
  });

  it("keeps the times where messages have no room, and cuts no blanks", () => {
    const agent = { status: "in-progress", activity: "Reading", startedAt: "2024-01-15T10:30:46Z" };
    const exceptionManagement = agent;
    const session = tradeStatus.read("s", { ...sessionAnswers.initializing, exceptionManagement });
    expect(
      renderView(viewOf(session), { ...terminal, columns: 40 }, now)
        .split("\n")
        .slice(1),
    ).toEqual([
      "  ○ pdfAdapter     pending",
      "  ○ tradeExtract…  pending",
      "  ○ tradeMatching  pending",
      "  ● exceptionMan…  in-progress    14.0s",
    ]);
    expect(renderView(viewOf(running), { ...terminal, columns: 40 }, now)).toContain(
      "  ● inferring   processing     14.0s  …",
    );
  });

  it("keeps the headings of what is done, then of all, then says how many more there are", () => {
    const shown = (rows: number, ...all: readonly Progress[]) =>
      renderView(viewOf(...all), { ...terminal, rows }, now).split("\n");
    expect(shown(13, done, running)).toHaveLength(12);
    expect(shown(12, done, running)).toEqual([
      expect.stringContaining("done  completed"),
      ...shown(24, running),
    ]);
    expect(shown(4, done, running)).toHaveLength(2);
    const many = Array.from({ length: 30 }, (_, index) => ({ ...running, id: `id-${index}` }));
    expect(shown(11, ...many)).toHaveLength(10);
    expect(shown(11, ...many).at(-1)).toBe("… and 21 more");
    expect(renderAll(viewOf(...many), { ...terminal, rows: 11 }, now).split("\n")).toHaveLength(180);
  });

  it("says what has no answer yet, and why", () => {
    const view = { ids: ["a"], progress: new Map<string, Progress>(), trouble: "HTTP 503" };
    expect(renderView(view, terminal, now)).toBe("a  not answered yet\nThe API gives no status: HTTP 503");
  });
});

describe("text of a server", () => {
  const evil = "\u001b[2J\u009b31m\u001b]0;owned\u0007 line\r\nline \u202e\u2066 \ud800 end";
  const driving = /[\p{Cc}\p{Cf}\p{Cs}]/u;

  it("cannot drive the terminal, neither in the view nor in a line", () => {
    const progress = designAnalysis.read(id, analysisAnswers.failed(id, evil));
    const lines = changesBetween(undefined, progress, now).map(describeChange);
    for (const line of [...renderView(viewOf(progress), terminal, now).split("\n"), ...lines]) {
      expect(line).not.toMatch(driving);
    }
    expect(printable(evil)).toBe("�[2J�31m�]0;owned� line line �� � end");
  });

  it("is escaped in JSON, and parses to what the server wrote", () => {
    const line = jsonLine({ evil, tag: "\u{E0041}" });
    expect(line).not.toMatch(driving);
    expect(JSON.parse(line)).toEqual({ evil, tag: "\u{E0041}" });
  });

  it("is cut by what it takes on the screen", () => {
    expect(cut("chunks", 6)).toBe("chunks");
    expect(cut("chunks", 4)).toBe("chu…");
    expect(cut("日本語", 5)).toBe("日本…");
    expect(cut("日本語", 4)).toBe("日…");
    expect(cut("chunks", 0)).toBe("");
  });
});

describe("lines of changes", () => {
  it("tell what is no longer pending, then only what changed", () => {
    const first = changesBetween(undefined, analysis, now);
    expect(first.map(describeChange)).toEqual([
      "2024-01-15T10:31:00.000Z analysis_abc123 chunking completed after 45.0s: Successfully created 15 chunks",
      "2024-01-15T10:31:00.000Z analysis_abc123 inferring processing after 14.0s: Starting to infer meanings from chunks",
      "2024-01-15T10:31:00.000Z analysis_abc123 overall processing after 1m 00s",
    ]);
    expect(changesBetween(analysis, analysis, now)).toEqual([]);
    const done = designAnalysis.read(id, analysisAnswers.completed());
    const steps = changesBetween(analysis, done, now).map(({ step }) => step);
    expect(steps).toEqual(["inferring", "relating", "explaining", "activating", undefined]);
  });

  it("are JSON with the fields that machines count on", () => {
    const session = tradeStatus.read("test-session-123", sessionAnswers.completed);
    const [change] = changesBetween(undefined, session, now);
    expect(change && JSON.parse(changeLine("trade-status", change))).toEqual({
      schemaVersion: 1,
      system: "trade-status",
      id: "test-session-123",
      overallStatus: "completed",
      step: "pdfAdapter",
      status: "success",
      message: "Text extracted from the PDF",
      elapsedSeconds: 17.095,
      at: "2024-01-15T10:31:00.000Z",
    });
  });
});

it.each([
  [0, "0.0s"],
  [17.095, "17.1s"],
  [59.96, "1m 00s"],
  [3599.6, "1h 00m"],
  [86_400 * 3 + 4 * 3600, "3d 04h"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe("what the functions of this repository answer is understood:", () => {
  const time = new Date("2024-01-15T10:30:00Z");
  const sent = (view: object): unknown => JSON.parse(JSON.stringify(view));

  it("a request, from its beginning", () => {
    const request = requests.newRequest({ request_id: id, research_data: "s3://bucket/interview.txt" }, time);
    expect(designAnalysis.read(id, sent(requestView(request)))).toMatchObject({ overall: "pending" });
    const started = { ...request, ...requests.startStep(request, { step: "chunking" }, time) };
    const { overall, steps } = designAnalysis.read(id, sent(requestView(started)));
    expect([overall, steps[0]]).toEqual(["processing", expect.objectContaining({ status: "processing" })]);
  });

  it("a session, from its beginning", () => {
    const session = sessions.newSession({ sessionId: "s", correlationId: "c" }, time);
    expect(tradeStatus.read("s", sent(sessionView(session)))).toMatchObject({ overall: "initializing" });
    const started = { ...session, ...sessions.startAgent(session, { agent: "pdfAdapter" }, time) };
    const call = { agent: "pdfAdapter", error: "The PDF is encrypted", duration: 17.095 } as const;
    const ended = { ...started, ...sessions.endAgent(started, call, time) };
    const { steps } = tradeStatus.read("s", sent(sessionView(ended)));
    expect(steps[0]).toMatchObject({ status: "error", message: call.error, seconds: call.duration });
  });
});
