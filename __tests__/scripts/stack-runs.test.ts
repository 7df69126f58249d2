/** Terraform on a stack, with a program in its place that shows how it is ended. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { plan, type StackRuns } from "../../scripts/lib/stack-runs";

const stack = "trade-status-tables-staging";
/** As Terraform does with a lock in the state bucket: an interrupt releases it, anything else leaves it. */
const program = `#!${process.execPath}
const { rmSync, writeFileSync } = require("node:fs");
process.on("SIGINT", () => {
  console.log(JSON.stringify({ "@message": "Interrupt received." }));
  setTimeout(() => { rmSync("lock"); process.exit(1); }, 300);
});
writeFileSync("lock", "");
console.log(JSON.stringify({ "@message": "Terraform 1.11.4" }));
setInterval(() => undefined, 1000);
`;

it("a plan that is interrupted releases its stack's lock before that is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "runs-"));
  try {
    const own = join(folder, "stacks", stack);
    mkdirSync(own, { recursive: true });
    const binary = join(folder, "terraform");
    writeFileSync(binary, program, { mode: 0o755 });
    const controller = new AbortController();
    const runs: StackRuns = {
      synthesized: folder,
      binary,
      variables: process.env,
      logs: join(folder, "logs"),
      releasesLocks: true,
      signal: controller.signal,
    };
    const planning = plan(runs, stack);
    const told = expect(planning).rejects.toThrow("Ctrl-C");
    while (!existsSync(join(own, "lock"))) await sleep(50);
    controller.abort(new Error("Ctrl-C"));
    await told;
    expect(existsSync(join(own, "lock"))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
