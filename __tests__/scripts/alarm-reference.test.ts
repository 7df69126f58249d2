import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alarmReference, productionAlarms } from "../../scripts/lib/alarm-reference";
import { root } from "../../scripts/lib/paths";
import { runScript } from "../support/scripts";

const file = join(root, "docs/alarms.md");

describe("the reference page of the alarms", () => {
  it("is what the stacks say; `npm run docs:alarms` writes it", async () => {
    const { code, stderr } = await runScript("document-alarms", ["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(alarmReference(productionAlarms()));
  });

  it("says of each alarm what it tells, when, why, and where that leads", () => {
    const page = readFileSync(file, "utf8");
    expect(page).toContain(
      "| `trade-status-write-duration` | The slowest calls of the function trade-status-write need almost all of its " +
        "10 seconds. (`AWS/Lambda Duration`; `p99`) | 80 % or more of its timeout at p99, in 3 periods of 5 minutes " +
        "running | Above that, the next slow call is cut off and has to be repeated",
    );
    expect(page).toContain(
      "An environment has 69 alarms over 121 metrics: $12.10 a month, at $0.10 a metric.",
    );
  });

  it("links to headings that are there", () => {
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((runbooks\/[\w-]+\.md)#([\w-]+)\)/g)];
    expect(links.length).toBeGreaterThan(60);
    for (const [, page = "", anchor = ""] of links) {
      const runbook = join(root, "docs", page);
      expect(existsSync(runbook)).toBe(true);
      const anchors = [...readFileSync(runbook, "utf8").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
        heading.toLowerCase().replaceAll(" ", "-"),
      );
      expect(anchors).toContain(anchor);
    }
  });
});
