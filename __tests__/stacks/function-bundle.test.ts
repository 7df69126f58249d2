/** A function's zip follows from its sources alone: not from the folder, the time, or comments. */

import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { root } from "../../scripts/lib/paths";
import { bundleFunction } from "../../stacks/constructs/function-bundle";

const entries = [
  "functions/trade-status/read.ts",
  "functions/trade-status/write.ts",
  "functions/design-analysis/read.ts",
  "functions/design-analysis/write.ts",
  "functions/agent-matching/read.ts",
  "functions/agent-matching/write.ts",
  "functions/brand-processing/agent.ts",
  "functions/brand-processing/workflow.ts",
  "functions/brand-processing/generate.ts",
  "functions/brand-processing/sweep.ts",
  "functions/brand-processing/populate.ts",
];

/** A copy of the sources in another folder, with what it builds. */
class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), "another folder "));

  constructor() {
    for (const name of ["functions", "stacks", "tables", "package.json"]) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  change(file: string, change: (text: string) => string): void {
    const path = join(this.folder, file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
    utimesSync(path, 0, 0);
  }

  /** Hash by entry, built by a process of its own in another time zone. */
  build(some: readonly string[] = entries): Readonly<Record<string, string>> {
    const script = `
      import { bundleFunction } from "./stacks/constructs/function-bundle";
      const entries = ${JSON.stringify(some)};
      console.log(JSON.stringify(Object.fromEntries(entries.map((entry) => [entry, bundleFunction(entry).hash]))));
    `;
    writeFileSync(join(this.folder, "build.ts"), script);
    const output = execFileSync(process.execPath, ["--import", "tsx", "build.ts"], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, TZ: "Pacific/Auckland" },
    });
    return JSON.parse(output) as Record<string, string>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const here = Object.fromEntries(entries.map((entry) => [entry, bundleFunction(entry).hash]));

describe("the zip of a function", () => {
  let copy: Copy;
  beforeEach(() => (copy = new Copy()));
  afterEach(() => copy.remove());

  it("has the same bytes when it is built in another folder, at another time, in another time zone", () => {
    expect(copy.build()).toEqual(here);
  });

  it("does not change with a comment, nor with a test or another system's function", () => {
    copy.change("functions/trade-status/model.ts", (text) => `// A remark.\n${text}`);
    copy.change("functions/shared/http.ts", (text) => `/* Another. */\n${text}`);
    copy.change("functions/design-analysis/model.ts", (text) => text.replace("Waiting to start", "Queued"));
    const there = copy.build(entries.slice(0, 4));
    for (const entry of entries.slice(0, 2)) expect(there[entry]).toBe(here[entry]);
    expect(there["functions/design-analysis/write.ts"]).not.toBe(here["functions/design-analysis/write.ts"]);
  });

  it("is made once from the same sources, and made again from others", () => {
    const entry = "functions/trade-status/read.ts";
    const build = () => ({
      hash: copy.build([entry])[entry],
      file: statSync(join(copy.folder, ".build/functions/trade-status/read/function.zip")).ino,
    });
    const first = build();
    expect(build()).toEqual(first);
    copy.change("functions/shared/http.ts", (text) => text.replace("There is no such route.", "No route."));
    const changed = build();
    expect(changed.hash).not.toBe(first.hash);
    expect(changed.file).not.toBe(first.file);
  });
});

describe("the code in the zip", () => {
  it.each(entries)("of %s is one small file without a map, a path or a comment of its sources", (entry) => {
    const files = unzipSync(readFileSync(bundleFunction(entry).path));
    expect(Object.keys(files)).toEqual(["index.js"]);
    const code = strFromU8(files["index.js"] ?? new Uint8Array());
    expect(code).not.toContain(root);
    expect(code).not.toContain("sourceMappingURL");
    expect(code.length).toBeLessThan(600_000);
  });
});

describe("the file in the zip", () => {
  it.each(entries)("of %s is readable for the user that Lambda runs as", (entry) => {
    const zip = readFileSync(bundleFunction(entry).path);
    const directory = zip.indexOf("PK\u0001\u0002", 0, "latin1");
    const [madeBy, attributes] = [zip.readUInt8(directory + 5), zip.readUInt32LE(directory + 38)];
    const unix = 3;
    expect({ madeBy, mode: attributes >>> 16 }).toEqual({ madeBy: unix, mode: 0o100644 });
  });
});

it.each(["scripts/watch.ts", "functions/../scripts/watch.ts", "functions/trade-status/read.js"])(
  "%s is refused as the entry of a function",
  (entry) => {
    expect(() => bundleFunction(entry)).toThrow(
      `A function's entry must be a file below functions/; found "${entry}".`,
    );
  },
);

it("a function that does not build is refused with esbuild's words", () => {
  expect(() => bundleFunction("functions/trade-status/absent.ts")).toThrow("absent.ts");
});
