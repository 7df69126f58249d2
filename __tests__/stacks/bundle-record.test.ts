/** A zip is taken again only where it would be made the same again. */

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BundleRecord } from "../../stacks/constructs/bundle-record";

const source = "functions/trade-status/read.ts";
const library = "node_modules/valibot/dist/index.mjs";
const inputs = [source, library];
const installed = "node_modules/.package-lock.json";
const made = Buffer.from("the zip of the function");

describe("the zip of a function that was made before", () => {
  let root: string;
  let zip: string;
  const write = (path: string, text: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, 1, 1);
  };
  /** Of a process that begins when all that was written is. */
  const later = () => new BundleRecord(root, Date.now() + 1_000);
  const found = () => new BundleRecord(root).find(zip);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "bundle-record-"));
    zip = join(root, "function.zip");
    for (const input of [...inputs, installed]) write(input, `// ${input}`);
    write("tables/catalogue.ts", "");
    writeFileSync(zip, made);
    later().write(zip, made, inputs);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is taken again while everything is the same, whenever it was written", () => {
    write(source, `// ${source}`);
    expect(found()).toEqual(made);
  });

  it.each([
    ["a source in it", source],
    ["a package's file in it", library],
    ["the installed packages", installed],
    ["how bundles are made", "stacks/constructs/function-bundle.ts"],
    ["the zip itself", "function.zip"],
  ])("is not when %s changed", (_what, path) => {
    write(path, "changed");
    expect(found()).toBeUndefined();
  });

  it("is not when a file came that an import could mean", () => {
    write("functions/trade-status/read.tsx", "");
    expect(found()).toBeUndefined();
  });

  it("is not when a file in it is gone", () => {
    rmSync(join(root, library));
    expect(found()).toBeUndefined();
  });

  it("is not when its record is cut off", () => {
    const record = `${zip}.json`;
    writeFileSync(record, readFileSync(record, "utf8").slice(0, -9));
    expect(found()).toBeUndefined();
  });

  describe("that is made while files change", () => {
    let begun: number;
    beforeEach(() => {
      rmSync(`${zip}.json`);
      begun = Math.max(...[...inputs, installed].map((path) => statSync(join(root, path)).ctimeMs)) + 1;
    });
    const afterwards = async (change: () => void) => {
      const records = new BundleRecord(root, begun);
      while (Date.now() <= begun + 20) await sleep(5);
      change();
      records.write(zip, made, inputs);
      return found();
    };

    it("is taken again when they have nothing to do with it", async () => {
      expect(await afterwards(() => write("docs/architecture.md", "Stacks"))).toEqual(made);
    });

    it.each([
      ["a source is edited", source],
      ["packages are installed", installed],
    ])("is not when %s", async (_what, path) => {
      expect(await afterwards(() => write(path, `// ${path}`))).toBeUndefined();
    });

    it("is not when a source is replaced by a file that is older", async () => {
      write("earlier.ts", `// ${source}`);
      const replace = () => renameSync(join(root, "earlier.ts"), join(root, source));
      expect(await afterwards(replace)).toBeUndefined();
    });

    it("is not when a source is removed", async () => {
      const remove = () => rmSync(join(root, source));
      expect(await afterwards(remove)).toBeUndefined();
    });
  });

  it("is not where npm gives no account of what is installed", () => {
    for (const file of [join(root, installed), `${zip}.json`]) rmSync(file);
    later().write(zip, made, inputs);
    expect(found()).toBeUndefined();
  });
});
