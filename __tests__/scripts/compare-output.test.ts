/** When two synthesized outputs are the same to Terraform. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compareOutputs } from "../../scripts/lib/affected/compare-output";

const stack = "trade-status-services-dev";
const zip = "assets/read_code_ECD476BA/8daa97/function.zip";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "outputs-"))));
afterEach(() => rmSync(folder, { recursive: true }));

type Stacks = Readonly<Record<string, { readonly configuration: object; readonly files?: object }>>;

function output(name: string, stacks: Stacks): string {
  const manifest = {
    version: "0.21.0",
    stacks: Object.fromEntries(
      Object.keys(stacks).map((id) => [id, { name: id, workingDirectory: `stacks/${id}` }]),
    ),
  };
  write(join(folder, name, "manifest.json"), JSON.stringify(manifest));
  for (const [id, { configuration, files = {} }] of Object.entries(stacks)) {
    const place = join(folder, name, "stacks", id);
    write(join(place, "cdk.tf.json"), JSON.stringify(configuration, null, 2));
    for (const [path, text] of Object.entries(files)) write(join(place, path), String(text));
  }
  return join(folder, name);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const queue = (values: object, comment = "path") => ({
  "//": { metadata: { version: "0.21.0", path: comment } },
  resource: { aws_sqs_queue: { dead_letters: { "//": { metadata: comment }, ...values } } },
});
const same = { changed: [], added: [], removed: [] };
const compare = (base: Stacks, newer: Stacks) => compareOutputs(output("base", base), output("newer", newer));

it("cdktf's comments and the order of keys change nothing", () => {
  const base = { [stack]: { configuration: queue({ name: "a", delay_seconds: 1 }, "old/path") } };
  const newer = { [stack]: { configuration: queue({ delay_seconds: 1, name: "a" }, "new/path") } };
  expect(compare(base, newer)).toEqual(same);
});

it.each([
  ["a value", { configuration: queue({ name: "b" }), files: { [zip]: "code" } }],
  ["an order that counts", { configuration: queue({ name: "a", list: [2, 1] }), files: { [zip]: "code" } }],
  ["an asset's bytes", { configuration: queue({ name: "a" }), files: { [zip]: "other code" } }],
  ["an asset that is no more", { configuration: queue({ name: "a" }) }],
])("%s changes the stack, and none beside it", (what, newer) => {
  const other = { configuration: queue({ name: "c" }) };
  const list = what.includes("order") ? { list: [1, 2] } : {};
  const base = { configuration: queue({ name: "a", ...list }), files: { [zip]: "code" } };
  expect(
    compare(
      { [stack]: base, "trade-status-tables-dev": other },
      { [stack]: newer, "trade-status-tables-dev": other },
    ),
  ).toEqual({ ...same, changed: [stack] });
});

it("stacks that come and go are told apart, by the manifest", () => {
  const one = { configuration: queue({ name: "a" }) };
  // Left behind by an earlier synthesis: no stack of this output.
  write(join(folder, "newer", "stacks", "orders-tables-dev", "cdk.tf.json"), "{}");
  expect(compare({ "orders-tables-dev": one }, { [stack]: one })).toEqual({
    changed: [],
    added: [stack],
    removed: ["orders-tables-dev"],
  });
});
