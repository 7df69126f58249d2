/** Looking again and again: what is told of it, and when it ends. */

import pc from "picocolors";
import type { Verification } from "../../../scripts/lib/verify/output/verification";
import { jsonLooks, peoplesLooks } from "../../../scripts/lib/verify/output/watch-display";
import { watchVerification } from "../../../scripts/lib/verify/watch";
import { denied, difference, hostile, inSpec, tableWith, verification } from "../../support/verifications";

const [table, read, alarm] = inSpec as readonly [
  (typeof inSpec)[number],
  (typeof inSpec)[number],
  (typeof inSpec)[number],
];
const good = verification(inSpec);
const drifted = verification([tableWith(difference()), read, { ...alarm, state: "ALARM" }]);
const times = ["10:00:00", "10:01:00", "10:02:00", "10:03:00"].map((time) => new Date(`2026-05-04T${time}Z`));

/** What is told of looks, one after the other. */
function told(looks: readonly Verification[], json = false) {
  const [lines, status]: [string[], string[]] = [[], []];
  const display = json
    ? jsonLooks((line) => lines.push(line))
    : peoplesLooks(
        {
          print: (text) => lines.push(text),
          show: (text) => status.push(text),
          clear: () => status.push("cleared"),
        },
        { colors: pc.createColors(false), intervalSeconds: 60 },
      );
  looks.forEach((look, index) => display.look(look, times[index] ?? new Date(0)));
  display.end();
  return { lines, status };
}

describe("for people", () => {
  it("is what has come, what has gone, and which alarms fire; a look without news is no line", () => {
    const { lines, status } = told([good, good, drifted, good]);
    expect(lines).toEqual([
      "2026-05-04T10:00:00.000Z prod is in spec. Looked at 3, unknown 0.",
      "2026-05-04T10:02:00.000Z ✗ major trade-status-tables-prod: table ai-trade-matching-processing-status: " +
        "pointInTimeRecovery: ENABLED expected, DISABLED found. Deploy the table's stack. " +
        "See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
      "2026-05-04T10:02:00.000Z ! trade-status-services-prod: alarm trade-status-read-errors: OK → ALARM",
      "2026-05-04T10:02:00.000Z prod has drift: 1 major. Looked at 3, unknown 0.",
      "2026-05-04T10:03:00.000Z ✓ gone trade-status-tables-prod: table ai-trade-matching-processing-status: " +
        "pointInTimeRecovery: ENABLED expected, DISABLED found",
      "2026-05-04T10:03:00.000Z · trade-status-services-prod: alarm trade-status-read-errors: ALARM → OK",
      "2026-05-04T10:03:00.000Z prod is in spec. Looked at 3, unknown 0.",
    ]);
    expect(status).toHaveLength(5);
    expect(status[1]).toBe(
      "2026-05-04T10:01:00.000Z prod is in spec. Looked at 3, unknown 0. Looks again in 60 s; Ctrl-C ends it.",
    );
  });

  it("holds nothing that steers a terminal", () => {
    const { lines } = told([
      verification([{ ...tableWith(difference({ actual: hostile })), state: "ALARM" }]),
    ]);
    expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(line))).toEqual([]);
  });
});

describe("for machines", () => {
  it("is one document a look: the first one has everything, each other what is new and what is gone", () => {
    const documents = told([drifted, drifted, good], true).lines.map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(documents).toMatchObject([
      {
        schemaVersion: 2,
        at: "2026-05-04T10:00:00.000Z",
        environment: "prod",
        outcome: "drift",
        coverage: { checked: 3, unknown: 0 },
        found: [{ stack: "trade-status-tables-prod", kind: "table", path: "pointInTimeRecovery" }],
        gone: [],
        states: [{ kind: "alarm", from: null, to: "ALARM" }],
      },
      { outcome: "drift", found: [], gone: [], states: [] },
      {
        outcome: "in spec",
        found: [],
        gone: [{ path: "pointInTimeRecovery" }],
        states: [{ from: "ALARM", to: "OK" }],
      },
    ]);
  });

  it("has a finding whose value has changed as another one, and a subject that is gone without its state", () => {
    const before = verification([tableWith(difference({ actual: "DISABLED" })), alarm]);
    const after = verification([tableWith(difference({ actual: "ENABLING" }))]);
    expect(JSON.parse(told([before, after], true).lines[1] ?? "")).toMatchObject({
      found: [{ actual: "ENABLING" }],
      gone: [{ actual: "DISABLED" }],
      states: [{ from: "OK", to: null }],
    });
  });
});

describe("looking", () => {
  const options = () => {
    const controller = new AbortController();
    const seen: Verification[] = [];
    const waited: number[] = [];
    let ended = 0;
    return {
      controller,
      seen,
      waited,
      ended: () => ended,
      intervalSeconds: 30,
      signal: controller.signal,
      display: { look: (one: Verification) => seen.push(one), end: () => (ended += 1) },
      pause: (milliseconds: number) => Promise.resolve(waited.push(milliseconds)),
    };
  };

  it("ends with the first look that finds everything in spec, where that is waited for", async () => {
    const watched = options();
    const looks = [drifted, verification([tableWith(denied())]), good];
    const look = () => Promise.resolve(looks.shift() ?? drifted);
    await watchVerification(look, { ...watched, untilInSpec: true });
    expect(watched.seen.map(({ reports: [first] }) => first?.findings.length)).toEqual([1, 1, 0]);
    expect(watched.waited).toEqual([30_000, 30_000]);
    expect(watched.ended()).toBe(1);
    expect(table.findings).toEqual([]);
  });

  it("goes on where everything is in spec, until it is interrupted", async () => {
    const watched = options();
    let count = 0;
    const look = () => {
      count += 1;
      if (count === 3) watched.controller.abort(new Error("Ctrl-C"));
      return Promise.resolve(good);
    };
    await expect(watchVerification(look, { ...watched, untilInSpec: false })).rejects.toThrow("Ctrl-C");
    expect(watched.seen).toHaveLength(2);
    expect(watched.ended()).toBe(1);
  });

  it("is cut short while it waits", async () => {
    const { controller, display, signal } = options();
    const look = () => Promise.resolve(good);
    const watching = watchVerification(look, {
      display: { ...display, look: () => setImmediate(() => controller.abort(new Error("Ctrl-C"))) },
      intervalSeconds: 3_600,
      untilInSpec: false,
      signal,
    });
    await expect(watching).rejects.toThrow("Ctrl-C");
  });
});
