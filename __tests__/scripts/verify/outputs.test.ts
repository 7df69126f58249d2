/** What a verification looks like to people, to machines, to CI systems and to GitHub. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { documentOf } from "../../../scripts/lib/verify/output/document";
import {
  annotations,
  failureAnnotation,
  stepSummary,
  tellGithub,
} from "../../../scripts/lib/verify/output/github";
import { junitFailure, junitReport, writeJunit } from "../../../scripts/lib/verify/output/junit";
import { describeVerification } from "../../../scripts/lib/verify/output/text";
import { denied, difference, hostile, inSpec, tableWith, verification } from "../../support/verifications";

const text = (...given: Parameters<typeof verification>) =>
  describeVerification(verification(...given), pc.createColors(false));
const undeclaredTag = difference({
  tier: "undeclared",
  path: "tags.CostCenter",
  expected: "absent",
  actual: "4711",
  remedy: "Declare it, or remove it.",
});
const steering = /[\p{Cc}\p{Cf}\p{Cs}]/u;

describe("for people", () => {
  it("is what is in spec, and how much was looked at", () => {
    expect(text(inSpec)).toBe(
      "✓ ai-trade-matching-processing-status, trade-status-read, trade-status-read-errors: in spec.\n" +
        "prod is in spec. Looked at 3, unknown 0.",
    );
  });

  it("is what was found by stack, the worst first, with what to do and where to read", () => {
    const reports = [tableWith(undeclaredTag, difference(), denied("tags")), ...inSpec.slice(1)];
    expect(text(reports)).toBe(
      [
        "trade-status-tables-prod",
        "  table ai-trade-matching-processing-status",
        "    ✗ major  pointInTimeRecovery: ENABLED expected, DISABLED found",
        "      Deploy the table's stack. See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        "    ✗ minor, undeclared  tags.CostCenter: absent expected, 4711 found",
        "      Declare it, or remove it. See docs/tables.md",
        "    ? unknown  tags: an answer from AWS expected, AccessDeniedException: not authorized found",
        "      Check the rights. See docs/tables.md",
        "",
        "✓ trade-status-read, trade-status-read-errors: in spec.",
        "prod has drift: 1 major, 1 minor. Looked at 3, unknown 1.",
      ].join("\n"),
    );
  });

  it("counts by kind what is too much to name, and names what nobody looks at", () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...tableWith(), name: `table-${index}` }));
    expect(text([...many, ...inSpec.slice(1)], { notLookedAt: ["aws_sqs_queue"] })).toBe(
      "✓ table 9, function 1, alarm 1: in spec.\n" +
        "prod is in spec. Looked at 11, unknown 0. Not looked at: aws_sqs_queue.",
    );
  });

  it("tells of an alarm that fires, which is no drift", () => {
    const [first, second, alarm] = inSpec;
    const reports = [first, second, { ...alarm, state: "ALARM" }] as typeof inSpec;
    expect(text(reports)).toContain("! alarm trade-status-read-errors fires (trade-status-services-prod).");
    expect(documentOf(verification(reports)).outcome).toBe("in spec");
  });

  it("tells the one cause of everything once", () => {
    const reports = inSpec.map((report) => ({ ...report, findings: tableWith(denied()).findings }));
    expect(text(reports)).toBe(
      "Nothing could be checked, of 3 that are declared: AccessDeniedException: not authorized. Check the rights.",
    );
  });

  it("holds nothing that steers a terminal", () => {
    const told = text([{ ...tableWith(difference({ path: hostile, actual: hostile })), name: hostile }]);
    expect(told.split("\n").filter((line) => steering.test(line))).toEqual([]);
    expect(told.split("\n")).toHaveLength(6);
  });
});

describe("for machines", () => {
  it("has coverage, and is an answer as far as it goes", () => {
    const reports = [tableWith(difference(), denied("tags")), ...inSpec.slice(1)];
    expect(documentOf(verification(reports))).toEqual({
      schemaVersion: 2,
      environment: "prod",
      outcome: "drift",
      strict: false,
      coverage: { checked: 2, unknown: 1, notLookedAt: [] },
      reports,
    });
  });

  it("is no answer where something is unknown and that is asked for", () => {
    const reports = [tableWith(difference(), denied("tags"))];
    expect(documentOf(verification(reports, { strict: true }))).toMatchObject({
      outcome: "could not check",
      strict: true,
    });
  });
});

describe("as JUnit", () => {
  it("is a suite a stack and a case a subject: drift fails, what is unknown is an error", () => {
    const xml = junitReport(verification([tableWith(difference(), denied("tags")), ...inSpec.slice(1)]));
    expect(xml).toContain('<testsuites name="verify prod" tests="3" failures="1" errors="1" skipped="0">');
    expect(xml).toContain('<testsuite name="trade-status-tables-prod" tests="1"');
    expect(xml).toContain(
      '<testcase classname="trade-status-tables-prod.table" name="table ai-trade-matching-processing-status">',
    );
    expect(xml).toMatch(/<failure message="declared, major: pointInTimeRecovery: [^"]+" type="major"\/>/);
    expect(xml).toMatch(/<error message="unknown, minor: tags: [^"]+" type="unknown"/);
    expect(xml).toContain("state: OK");
  });

  it("holds what AWS says as text: nothing ends an element, and no character breaks the file", () => {
    const xml = junitReport(
      verification([
        { ...tableWith(difference({ actual: hostile }), denied()), name: hostile, state: hostile },
      ]),
    );
    // XML 1.0, "Characters".
    expect(xml).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
    const markup = xml.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
    expect(markup).not.toMatch(/<b>|<\/failure>/);
    expect(xml.match(/<testcase /g)).toHaveLength(1);
  });

  it("is an error where nothing could be looked at", () => {
    expect(junitFailure("prod", `no credentials ${hostile}`)).toMatch(
      /errors="1" [\s\S]*<error message="no credentials [^"]+"/,
    );
  });

  it("goes into a folder that is made for it, and says so where it cannot", () => {
    const folder = mkdtempSync(join(tmpdir(), "junit-"));
    writeJunit(join(folder, "reports/verify.xml"), "<testsuites/>");
    expect(readFileSync(join(folder, "reports/verify.xml"), "utf8")).toBe("<testsuites/>");
    expect(() => writeJunit(folder, "<testsuites/>")).toThrow(
      /cannot be written: .*EISDIR.*Name another file\.$/,
    );
    rmSync(folder, { recursive: true });
  });
});

describe("for GitHub", () => {
  it("is a page with a table a stack", () => {
    const page = stepSummary(verification([tableWith(difference()), ...inSpec.slice(1)]));
    expect(page).toContain("### Verification of prod\n");
    expect(page).toContain("#### trade-status-tables-prod\n");
    expect(page).toContain(
      "| major, declared | table `ai-trade-matching-processing-status` | `pointInTimeRecovery` | ENABLED | DISABLED |",
    );
  });

  it("shows what AWS says and does nothing with it", () => {
    const reports = [{ ...tableWith(difference({ actual: hostile, path: hostile })), name: hostile }];
    const row = stepSummary(verification(reports)).split("\n").at(-2) ?? "";
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(8);
    // Nobody is mentioned in code.
    expect(row.replaceAll(/<code>.*?<\/code>/g, "")).not.toMatch(/<|@everyone/);
    expect(row).not.toMatch(/<b>|<\/failure>/);
    expect(row).not.toMatch(/\p{Cc}|\u202e/u);
    const commands = annotations(verification(reports));
    expect(commands).toHaveLength(1);
    expect(commands[0]).not.toMatch(steering);
    // One command: its title has no colon of its own, and its message no line.
    expect(commands[0]).toMatch(/^::warning title=trade-status-tables-prod%3A table [^:,\n]+::[^\n]+$/);
    expect(commands[0]).toContain("%0D%0A%250A");
  });

  it("is cut to what GitHub takes, at the end of a line", () => {
    const reports = Array.from({ length: 4_000 }, () => tableWith(difference({ actual: "x".repeat(300) })));
    const page = stepSummary(verification(reports));
    expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
    expect(page).toMatch(/\|\n\nThe rest is too long for this page\.\n$/);
  });

  it("annotates the worst, and says how many there are beside", () => {
    const reports = Array.from({ length: 12 }, (_, index) =>
      tableWith(difference({ path: `tags.T${index}` }), difference({ path: "existence" })),
    );
    const commands = annotations(verification([...reports, tableWith(denied("tags"))]));
    const errors = commands.filter((command) => command.startsWith("::error "));
    const warnings = commands.filter((command) => command.startsWith("::warning "));
    expect([errors.length, warnings.length]).toEqual([10, 10]);
    expect(errors.at(-1)).toBe("::error title=verify::3 more: see the run's summary.");
    expect(warnings.at(-1)).toBe("::warning title=verify::4 more: see the run's summary.");
  });

  it("says when there is no page to write to, and when the page cannot be written", () => {
    const printed: string[] = [];
    const tell = (variables: NodeJS.ProcessEnv) =>
      tellGithub("# page\n", [failureAnnotation("prod", "no credentials")], variables, (line) =>
        printed.push(line),
      );
    tell({});
    expect(printed).toEqual([
      "::error title=verify prod::no credentials",
      expect.stringContaining("GITHUB_STEP_SUMMARY is not set") as string,
    ]);
    expect(() => tell({ GITHUB_STEP_SUMMARY: tmpdir() })).toThrow(/summary cannot be written: .*EISDIR/);
  });
});
