/** A function's code as Lambda gets it: one minified file, in a zip whose bytes follow from the sources alone. */

import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";
import { BundleRecord } from "./bundle-record";

export interface FunctionBundle {
  /** Absolute path of the zip. */
  readonly path: string;
  /** Hash of the zip in hexadecimal. */
  readonly hash: string;
  /** The same in Lambda's form, to compare with a deployed function's CodeSha256. */
  readonly sourceCodeHash: string;
}

const root = resolve(__dirname, "../..");
/** Ignored by git; a source map of each bundle lies beside its zip, for stack traces. */
const buildFolder = join(root, ".build");

/** Zip knows no time before 1980; any fixed one will do. */
const modified = new Date(1980, 0, 1);

/** With the mode spelt out, the file is readable for the user that Lambda runs as. */
const unix = 3;
const readable = 0o100644 << 16;

const bundles = new Map<string, FunctionBundle>();
const records = new BundleRecord(root);

/**
 * Bundles a function: once a process, and not again as long as everything that it is made of is the same.
 *
 * @param entry path of the handler's file from the repository's root.
 * @throws Error when it lies elsewhere than in functions/, or with esbuild's messages when it does not build.
 */
export function bundleFunction(entry: string): FunctionBundle {
  const known = bundles.get(entry) ?? build(entry);
  bundles.set(entry, known);
  return known;
}

function build(entry: string): FunctionBundle {
  if (!/^functions\/[\w/-]+\.ts$/.test(entry)) {
    throw new Error(`A function's entry must be a file below functions/; found "${entry}".`);
  }
  const outfile = join(buildFolder, entry.replace(/\.ts$/, ""), "index.js");
  const path = join(dirname(outfile), "function.zip");
  const zip = records.find(path) ?? make(entry, outfile, path);
  const digest = createHash("sha256").update(zip).digest();
  return { path, hash: digest.toString("hex"), sourceCodeHash: digest.toString("base64") };
}

function make(entry: string, outfile: string, path: string): Uint8Array {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    outfile,
    // Whatever the folder is called, no path of it gets into the code.
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The SDK's ES modules: a third smaller, and loaded in half of the time.
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    sourcemap: "external",
    metafile: true,
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const code = contents(outputFiles, "index.js");
  const zip = zipSync({ "index.js": [code, { mtime: modified, os: unix, attrs: readable, level: 9 }] });
  writeWhole(path, zip);
  writeWhole(join(dirname(outfile), "index.js.map"), contents(outputFiles, "index.js.map"));
  records.write(path, zip, Object.keys(metafile.inputs));
  return zip;
}

type OutputFiles = NonNullable<ReturnType<typeof buildSync>["outputFiles"]>;

function contents(files: OutputFiles, name: string): Uint8Array {
  const file = files.find(({ path }) => path.endsWith(`/${name}`));
  if (file === undefined) throw new Error(`esbuild gave no ${name}.`);
  return Uint8Array.from(file.contents);
}

/** Two syntheses at once write the same bytes; neither may read half of them. */
function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, path);
}
