/** The comment on a pull request: verdicts first, never too long, and quiet whatever a value says. */

import {
  mostCharacters,
  planComment,
  planMarker,
  verdictOf,
} from "../../../scripts/lib/pipeline/plan-comment";
import type { Report } from "../../../scripts/lib/pipeline/reports";

const report = (environment: Report["environment"], more: Partial<Report> = {}): Report => ({
  environment,
  plan: 0,
  verify: undefined,
  summary: `### Plan of ${environment}`,
  changed: [`agent-matching-tables-${environment}`],
  findings: [],
  errors: "",
  ...more,
});
const targets = { include: [], skipped: [], removed: [] };
const runUrl = "https://github.com/example/dynamodb-layer/actions/runs/1";
const commit = "88f88792538f2588a5ee03ed2aea429721e07e05";
const comment = (reports: readonly Report[], more: object = {}) =>
  planComment({ targets: { ...targets, ...more }, reports, commit, runUrl });

it("says of each environment what changes and what the guard says, then the summaries", () => {
  const text = comment([report("dev"), report("prod", { plan: 1 })]);
  expect(text.startsWith(`${planMarker}\n\n## Plan of \`88f88792538f\`: the guard refuses prod\n`)).toBe(
    true,
  );
  expect(text).toContain("| dev | `agent-matching-tables-dev` | passed |");
  expect(text).toContain("| prod | `agent-matching-tables-prod` | **refused** |");
  expect(text.indexOf("### Plan of dev")).toBeLessThan(text.indexOf("### Plan of prod"));
  expect(text).toContain(runUrl);
});

it.each([
  [[], 0, "no stack is affected"],
  [[report("dev")], 0, "the guard lets it through"],
  [[report("dev"), report("prod", { plan: 1 })], 1, "the guard refuses prod"],
  [[report("dev", { plan: 2 }), report("prod", { plan: 1 })], 1, "the guard refuses prod"],
  [[report("dev", { plan: 2 })], 2, "could not be planned"],
  [[report("dev", { plan: undefined })], 2, "could not be planned"],
])("of %j the verdict is %i: %s", (reports, code, title) => {
  expect(verdictOf(reports)).toBe(code);
  expect(comment(reports)).toContain(`: ${title}\n`);
});

it("tells environments that are not configured, and stacks that are no more", () => {
  const text = comment([], { skipped: ["staging"], removed: ["orders-tables-dev"] });
  expect(text).toContain("staging is affected and has no account or no state bucket: not planned.");
  expect(text).toContain("`orders-tables-dev` is no more: destroy it before this is merged.");
});

it("shows why a plan is missing, whatever the output looks like", () => {
  const text = comment([report("dev", { plan: 2, summary: "", errors: "```\n# No credentials" })]);
  expect(text).toContain("### dev could not be planned\n\n````text\n```\n# No credentials\n````");
});

it("mentions nobody and holds no second marker, whatever a tag says", () => {
  const summary = `| \`tags.Owner\` | \`"@team"\` | @octocat ${planMarker} |`;
  const text = comment([report("dev", { summary })]);
  expect(text).not.toMatch(/@[a-z]/);
  expect(text.split(planMarker)).toHaveLength(2);
  expect(text).toContain("@\u200bteam");
});

describe("of a plan that is too long", () => {
  const row = "| `agent-profiles` | change | `aws_dynamodb_table.agent-profiles` | `tags.Name` |\n";
  const long = `### Plan of dev\n\n<details><summary>a</summary>\n\n${row.repeat(700)}\n</details>`;
  const text = comment([
    report("dev", { summary: long }),
    report("staging"),
    report("prod", { summary: long }),
  ]);

  it("is cut at a line, with its end closed and told", () => {
    expect(text.length).toBeLessThanOrEqual(mostCharacters);
    expect(text.length).toBeGreaterThan(mostCharacters - 1_000);
    expect(
      text.match(/\|\n\n<\/details>\n\n_Cut here: the rest is in the summary of the run\._/g),
    ).toHaveLength(2);
    expect(text.split("<details>")).toHaveLength(text.split("</details>").length);
  });

  it("the short plan of another environment is whole", () => {
    expect(text).toContain("### Plan of staging");
    expect(text).toContain("| prod | `agent-matching-tables-prod` | passed |");
  });
});
