/** A zip is taken again only where it would be made the same again. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BundleRecord } from "../../stacks/constructs/bundle-record";

const source = "functions/trade-status/read.ts";
const library = "node_modules/valibot/dist/index.mjs";
const inputs = [source, library];
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
  const found = () => new BundleRecord(root).find(zip);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "bundle-record-"));
    zip = join(root, "function.zip");
    for (const input of [...inputs, "node_modules/.package-lock.json"]) write(input, `// ${input}`);
    write("tables/catalogue.ts", "");
    writeFileSync(zip, made);
    new BundleRecord(root).write(zip, made, inputs);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is taken again while everything is the same, whenever it was written", () => {
    write(source, `// ${source}`);
    expect(found()).toEqual(made);
  });

  it.each([
    ["a source in it", source],
    ["a package's file in it", library],
    ["the installed packages", "node_modules/.package-lock.json"],
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

  it("is not when a source was edited while it was made", () => {
    rmSync(`${zip}.json`);
    const records = new BundleRecord(root);
    const later = Date.now() / 1000 + 1;
    utimesSync(join(root, source), later, later);
    records.write(zip, made, inputs);
    expect(found()).toBeUndefined();
  });
});
