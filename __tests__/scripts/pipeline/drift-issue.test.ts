import { driftBody, driftMarker, driftOf, exitOf } from "../../../scripts/lib/pipeline/drift-issue";
import type { Report } from "../../../scripts/lib/pipeline/reports";

const report = (environment: Report["environment"], more: Partial<Report> = {}): Report => ({
  environment,
  plan: 0,
  verify: 0,
  changed: [],
  findings: [],
  errors: "",
  ...more,
});
const undeclared = {
  tier: "undeclared",
  severity: "minor",
  remedy: "Remove it.",
  ref: "docs/tables.md",
} as const;
const changed = ["trade-status-tables-prod"];

it.each([
  ["nothing differs", [report("dev"), report("prod")], "none", 0],
  ["a plan is not empty", [report("dev"), report("prod", { changed })], "found", 1],
  ["the guard would refuse the way back", [report("prod", { changed, plan: 1 })], "found", 1],
  ["a table is not in spec", [report("prod", { verify: 1 })], "found", 1],
  [
    "drift, and another account that is closed",
    [report("dev", { plan: 2 }), report("prod", { changed })],
    "found",
    1,
  ],
  ["an account is closed", [report("dev"), report("prod", { plan: 2, verify: 2 })], "unknown", 2],
  ["a job did not come to it", [report("dev", { plan: undefined, verify: undefined })], "unknown", 2],
])("%s", (_, reports, kind, code) => {
  const drift = driftOf(reports);
  expect([drift.kind, exitOf(drift)]).toEqual([kind, code]);
});

it("the issue tells what differs where, without a word to anybody", () => {
  const findings = [
    {
      ...undeclared,
      subject: "agent-profiles",
      path: "tags.Owner",
      expected: "absent",
      actual: "@team | <b>",
    },
  ];
  const body = driftBody(
    [
      report("dev", { plan: 2, errors: "No credentials for @octocat" }),
      report("prod", { changed, findings }),
    ],
    { commit: "88f88792538f2588a5ee03ed2aea429721e07e05", runUrl: "https://github.com/x/y/actions/runs/1" },
  );
  expect(body.startsWith(driftMarker)).toBe(true);
  expect(body).toContain("### prod\n\nNot as the branch has it: `trade-status-tables-prod`.");
  expect(body).toContain(
    "| minor | `agent-profiles` | `tags.Owner` | absent | @\u200bteam &#124; &#60;b&#62; |",
  );
  expect(body).toContain(
    "### dev\n\nNot everything could be looked at:\n\n```text\nNo credentials for @\u200boctocat",
  );
});

it("an issue has room for every environment, however much one has to tell", () => {
  const findings = Array.from({ length: 3_000 }, (_, index) => ({
    ...undeclared,
    subject: `agent-profiles-${index}`,
    path: "tags.Owner",
    expected: "absent",
    actual: "somebody",
  }));
  const body = driftBody([report("dev", { verify: 1, findings }), report("prod", { changed })], {
    commit: "88f88792538f",
    runUrl: "https://github.com/x/y/actions/runs/1",
  });
  expect(body.length).toBeLessThanOrEqual(65_000);
  expect(body).toContain("### prod");
});
