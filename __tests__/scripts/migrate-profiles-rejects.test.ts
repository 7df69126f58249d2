/** What of a folder or a file becomes a profile, and why the rest does not. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judged, type Judged } from "../../scripts/lib/migrate-profiles/judged";
import { fileNameOf, idOfFile } from "../../scripts/lib/migrate-profiles/profile-file";
import { profileOf } from "../../scripts/lib/migrate-profiles/profile-of";
import { openSource, start } from "../../scripts/lib/migrate-profiles/source";
import { storedProfile, writeUnreadable } from "../support/json-storage";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "json-storage-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const json = (more: object = {}) => JSON.stringify({ ...storedProfile(1), ...more });
async function read(path: string): Promise<readonly Judged[]> {
  const all: Judged[] = [];
  for await (const one of judged(openSource(path), start, new AbortController().signal)) all.push(one);
  return all;
}
const rejections = (all: readonly Judged[]) =>
  all.flatMap((one) => (one.kind === "rejected" ? [{ ...one.place, ...one.rejection }] : []));
const profiles = (all: readonly Judged[]) =>
  all.flatMap((one) => (one.kind === "profile" ? [one.profile] : []));

const notJson = "It is not JSON. Check its commas, quotes and brackets.";
const price = "averagePrice must be a price from 0 with at most 11 digits before the point and 4 behind it.";

it.each<readonly [kind: string, content: string | Buffer, rejection: object]>([
  ["is no JSON", '{"name": ', { code: "not-json", reason: notJson }],
  ["is empty", " \n", { code: "empty", reason: "It is empty." }],
  ["holds no object", '"Rohrfrei"', { code: "malformed", reason: "A profile is a JSON object." }],
  ["has no name", json({ name: undefined }), { code: "invalid", field: "name", reason: "name is missing." }],
  [
    "has a negative price",
    json({ averagePrice: -85 }),
    { code: "invalid", field: "averagePrice", reason: price },
  ],
  [
    "has a price of too many digits",
    json({ averagePrice: 79.950000000001 }),
    { code: "invalid", field: "averagePrice", reason: price },
  ],
  [
    "does not fit into an item",
    json({ history: "x".repeat(400 * 1024) }),
    { code: "too-large", reason: "The profile is larger than the 400 KB of an item of agent-profiles." },
  ],
  [
    "is far larger than an item",
    Buffer.alloc(5 * 1024 * 1024, "x"),
    { code: "too-large", reason: "Its text is longer than 4 MB, more than an item can hold." },
  ],
  [
    "is no text",
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]),
    { code: "not-utf-8", reason: "It is no text in UTF-8. Save it as UTF-8." },
  ],
  [
    "holds half a character",
    `${json().slice(0, -1)}, "note": "\\ud83d"}`,
    { code: "invalid", reason: "The input must not hold half of a surrogate pair." },
  ],
  [
    "nests 5,000 levels deep",
    `${json().slice(0, -1)}, "note": "\\ud83d\\ude00", "deep": ${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    { code: "invalid", reason: expect.stringContaining("must be JSON of at most 24 levels") as string },
  ],
])("a file that %s is rejected, and says why without its content", async (_, content, rejection) => {
  write("agent-1.json", content);
  expect(rejections(await read(folder))).toEqual([{ file: "agent-1.json", ...rejection }]);
});

it("a file that cannot be read is rejected, and the others are read", async () => {
  writeUnreadable(join(folder, "agent-1.json"));
  write("agent-2.json", json());
  const all = await read(folder);
  expect(rejections(all)).toEqual([
    { file: "agent-1.json", code: "unreadable", reason: "It cannot be read: ENOENT." },
  ]);
  expect(profiles(all).map(({ id }) => id)).toEqual(["agent-2"]);
});

it("a profile with which something unforeseen goes wrong is rejected, too", () => {
  const candidate = { bytes: Buffer.from(json()), id: "agent-1", modified: new Date(NaN) };
  expect(profileOf(candidate)).toEqual({
    rejection: {
      code: "invalid",
      reason: "It cannot be read as a profile (RangeError). Compare it with one that can.",
    },
  });
});

it("subfolders and files of other names are ignored and counted; a link to a file is a file", async () => {
  mkdirSync(join(folder, "archive.json"));
  write("readme.txt", "");
  symlinkSync(write("agent-1.json", json()), join(folder, "agent-2.json"));
  symlinkSync(folder, join(folder, "agent-3.json"));
  const all = await read(folder);
  expect(all.filter((one) => one.kind === "passed" && one.isIgnored)).toHaveLength(3);
  expect(
    profiles(all)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["agent-1", "agent-2"]);
});

describe("a file with an array", () => {
  it("gives each element by its own id; a bad one is told by its number, from 0", async () => {
    const bad = [json(), '{"id": "b", }', json({ id: "c", job: "" }), "7"];
    const path = write("all.json", `\uFEFF[${[json({ id: "a" }), ...bad, json({ id: "d" })].join(",\n")}]`);
    const all = await read(path);
    expect(profiles(all).map(({ id }) => id)).toEqual(["a", "d"]);
    expect(rejections(all)).toEqual([
      {
        file: "all.json",
        element: 1,
        code: "no-id",
        field: "id",
        reason: "An element of an array needs an id of its own.",
      },
      { file: "all.json", element: 2, code: "not-json", reason: notJson },
      { file: "all.json", element: 3, code: "invalid", field: "job", reason: "job must not be empty." },
      { file: "all.json", element: 4, code: "malformed", reason: "A profile is a JSON object." },
    ]);
  });

  it("that was cut off gives what stands before, and rejects the rest in one line", async () => {
    const all = await read(write("all.json", `[${json({ id: "a" })}, {"id": "b", "na`));
    expect(profiles(all).map(({ id }) => id)).toEqual(["a"]);
    const reason = "The array cannot be read from here to its end: the file ends within its array.";
    expect(rejections(all)).toEqual([{ file: "all.json", element: 1, code: "broken-array", reason }]);
  });

  it("may lie among files of one profile", async () => {
    write("agent-1.json", json());
    write("more.json", `[${json({ id: "a" })}, ${json({ id: "b" })}]`);
    expect(
      profiles(await read(folder))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["a", "agent-1", "b"]);
  });
});

describe("when a profile was stored", () => {
  const modified = new Date("2025-05-04T03:02:01.234Z");
  it.each([
    ["2025-06-01T08:30:00Z", "2025-06-01T08:30:00.000Z"],
    ["2025-06-01T10:30:00.5+02:00", "2025-06-01T08:30:00.500Z"],
    // Python's datetime.isoformat().
    ["2025-06-01T08:30:00.123456", "2025-06-01T08:30:00.123Z"],
    ["2025-02-31T08:30:00Z", modified.toISOString()],
    ["last June", modified.toISOString()],
    [undefined, modified.toISOString()],
  ])("is its own time %s, or when its file changed: %s", async (timestamp, expected) => {
    utimesSync(write("agent-1.json", json({ timestamp })), modified, modified);
    expect(profiles(await read(folder))[0]?.timestamp).toBe(expected);
  });
});

it.each(["agent-1", "Müller", "a/b", "100%", "a%20b", "..x", "名前".repeat(60), "x".repeat(128)])(
  "the file of the profile %s leads back to its id",
  (id) => {
    const { name, hasId } = fileNameOf(id);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).not.toMatch(/[/\\\0]/);
    // A name too long for a file system is a hash: then the content has the id.
    expect(hasId ? idOfFile(name) : id).toBe(id);
  },
);
