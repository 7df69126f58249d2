/** Programs that are never cut off: interrupted once, also by the death of their owner. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { runToFinish } from "../../scripts/lib/run-to-finish";
import { untilGone } from "../support/processes";

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "finish-"));
  output = join(folder, "output");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Counts interrupts, and ends half a second after the first one with what it has counted. */
const program = `
let count = 0;
process.on("SIGINT", () => {
  count += 1;
  setTimeout(() => { console.log("interrupted " + count); process.exit(7); }, 500);
});
console.log("begun");
setInterval(() => console.log("working"), 50);
`;

it("gives a program's lines and its exit code", async () => {
  const lines: string[] = [];
  const code = await runToFinish("/bin/sh", ["-c", "echo one; printf two; exit 3"], {
    cwd: folder,
    env: process.env,
    output,
    onLine: (line) => lines.push(line),
  });
  expect({ code, lines }).toEqual({ code: 3, lines: ["one", "two"] });
});

it("interrupts it once when it is aborted, and waits for its own end", async () => {
  const controller = new AbortController();
  const lines: string[] = [];
  const running = runToFinish(process.execPath, ["-e", program], {
    cwd: folder,
    env: process.env,
    output,
    signal: controller.signal,
    onLine: (line) => lines.push(line),
  });
  // Before it listens: it is not lost.
  controller.abort(new Error("Ctrl-C"));
  expect(await running).toBe(7);
  expect(lines.at(-1)).toBe("interrupted 1");
});

it("interrupts it once when its owner is killed, and lets it write to its end", async () => {
  const owner = `
    const { runToFinish } = require("./scripts/lib/run-to-finish.ts");
    void runToFinish(process.execPath, ["-e", ${JSON.stringify(program)}], {
      cwd: ${JSON.stringify(folder)}, env: process.env, output: ${JSON.stringify(output)},
      onLine: (line) => console.log(line),
    });
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", owner], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGKILL");
  expect(await untilGone(output)).toEqual([]);
  expect(readFileSync(output, "utf8")).toMatch(/interrupted 1\n$/);
});
