/** The rollback of document 002: the table back to JSON files, and there again. */

import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { newProfile } from "../../functions/agent-matching/model";
import { isSameJson } from "../../scripts/lib/migrate-profiles/exact-json";
import { ProfileFolder } from "../../scripts/lib/migrate-profiles/profile-folder";
import { profileItem } from "../../scripts/lib/migrate-profiles/profile-item";
import { rollbackRehearsalReport } from "../../scripts/lib/migrate-profiles/report";
import { rollBack } from "../../scripts/lib/migrate-profiles/roll-back";
import { storedProfile } from "../support/json-storage";
import { startMigrationPlace, type MigrationPlace } from "../support/migration";

let place: MigrationPlace;
beforeEach(async () => (place = await startMigrationPlace()));
afterEach(() => place.stop());

const parse = (path: string) => JSON.parse(readFileSync(path, "utf8")) as unknown;
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, parse(join(folder, name))]));

async function back(to: string, { force = false, maxRcu = 1e6 } = {}) {
  const path = ProfileFolder.make(to);
  const state = place.state("rollback");
  let messages = "";
  try {
    const result = await rollBack(
      {
        folder: new ProfileFolder(path),
        to: path,
        force,
        signal: new AbortController().signal,
        messages: { write: (text) => (messages += text) },
      },
      { ...(await place.live({ maxRcu })), state },
    );
    return { ...result, messages };
  } finally {
    state.close();
  }
}

/** Originals as people have them: with and without id and time, and with names of their own. */
const originals: Readonly<Record<string, object>> = {
  "agent-1.json": { ...storedProfile(1), averagePrice: 79.9, nested: [{ deep: [1e-7, null, true, ""] }] },
  "Müller & Söhne.json": { ...storedProfile(2), id: "müller/söhne:1" },
  "名前.json": { ...storedProfile(3), name: "名前" },
  "100%.json": { ...storedProfile(4), timestamp: "2025-06-01T08:30:00Z" },
  "long.json": { ...storedProfile(5), id: "é".repeat(128) },
  "price.json": { ...storedProfile(6), averagePrice: "85.50" },
  "names.json": { ...storedProfile(7), hasOwnProperty: { name: "Set" }, toString: "x", length: 3 },
};

const numbered = (profile: unknown) =>
  [(profile as ReturnType<typeof storedProfile>).licences[0]?.number, profile] as const;

async function migrated(): Promise<string> {
  const source = join(place.folder, "json_storage");
  mkdirSync(source);
  for (const [name, profile] of Object.entries(originals)) {
    writeFileSync(join(source, name), JSON.stringify(profile));
  }
  await place.migrate(source);
  return source;
}

it("gives the originals back, which migrate to the same items again", async () => {
  await migrated();
  const items = await place.items();
  const to = join(place.folder, "back");
  const { written, check } = await back(to);
  expect({ written, check }).toEqual({
    written: 7,
    check: { verified: 7, missing: 0, different: 0, ownTimeDiffers: 0, examples: [] },
  });
  // Their order in the folder is not theirs.
  const byNumber = (profiles: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(Object.values(profiles).map(numbered));
  expect(byNumber(contents(to))).toEqual(byNumber(originals));
  expect(
    readdirSync(to)
      .map((name) => name.replace(/[0-9a-f]{64}/, "…"))
      .sort(),
  ).toEqual([
    "%E5%90%8D%E5%89%8D.json",
    "100%25.json",
    "agent-1.json",
    "m%C3%BCller%2Fs%C3%B6hne%3A1.json",
    "names.json",
    "price.json",
    "sha256-….json",
  ]);

  const again = await place.migrate(to);
  expect(again.counts).toMatchObject({ stored: 7, rejected: 0, verification: { verified: 7 } });
  expect(await place.items()).toEqual(items);
});

it("changes nothing when it is repeated, nor in the folder of the originals", async () => {
  await migrated();
  const to = join(place.folder, "back");
  await back(to);
  const before = readdirSync(to).map((name) => statSync(join(to, name)).ctimeMs);
  expect(await back(to)).toMatchObject({ written: 0, unchanged: 7, check: { verified: 7 } });
  expect(readdirSync(to).map((name) => statSync(join(to, name)).ctimeMs)).toEqual(before);
});

it("leaves a file with other content, and says so; --force writes over it", async () => {
  await migrated();
  const to = join(place.folder, "back");
  mkdirSync(to);
  writeFileSync(join(to, "agent-1.json"), '{"mine": true}');
  expect(await back(to)).toMatchObject({
    written: 6,
    kept: 1,
    check: { verified: 6, different: 1, examples: ["agent-1.json"] },
  });
  expect(parse(join(to, "agent-1.json"))).toEqual({ mine: true });
  const different = { verified: 6, missing: 0, different: 1, ownTimeDiffers: 0, examples: [] };
  expect([false, true].map((force) => rollbackRehearsalReport(different, force).outcome)).toEqual([
    "incomplete",
    "complete",
  ]);
  expect(await back(to, { force: true })).toMatchObject({ written: 1, kept: 0, check: { verified: 7 } });
  expect(parse(join(to, "agent-1.json"))).toEqual(originals["agent-1.json"]);
  expect(statSync(join(to, "agent-1.json")).mode & 0o777).toBe(0o600);
});

it("writes an item of another program from its attributes", async () => {
  const { client } = await place.live();
  const item = {
    id: { S: "a\u0000b" },
    name: { S: "Foreign" },
    averagePrice: { N: "79.95" },
    tags: { SS: ["x"] },
  };
  await client.send(new PutItemCommand({ TableName: place.table, Item: item }));
  await client.send(
    new PutItemCommand({
      TableName: place.table,
      Item: { id: { S: "seed" }, profile_data: { M: { source: { S: "json_storage" } } } },
    }),
  );
  const to = join(place.folder, "back");
  expect(await back(to)).toMatchObject({ written: 2, check: { verified: 2 } });
  expect(contents(to)).toEqual({
    [readdirSync(to).find((name) => name.startsWith("sha256-")) ?? ""]: {
      id: "a\u0000b",
      name: "Foreign",
      averagePrice: 79.95,
      tags: ["x"],
    },
    "seed.json": { id: "seed", profile_data: { source: "json_storage" } },
  });
});

it("keeps numbers that a double cannot hold, and sees where a file has another one", async () => {
  const { client } = await place.live();
  const [exact, rounded] = ["1234567890.12345678901234567890123456", "1234567890.1234568"];
  await client.send(
    new PutItemCommand({ TableName: place.table, Item: { balance: { N: exact }, id: { S: "a" } } }),
  );
  const to = join(place.folder, "back");
  expect(await back(to)).toMatchObject({ written: 1, check: { verified: 1 } });
  const text = readFileSync(join(to, "a.json"), "utf8");
  expect(text).toContain(`"balance": ${exact}`);
  writeFileSync(join(to, "a.json"), text.replace(exact, rounded));
  expect(await back(to)).toMatchObject({ kept: 1, check: { verified: 0, different: 1 } });
});

it.each([
  ["79.90", "79.9", true],
  ["1e-7", "0.0000001", true],
  ["-0", "0", true],
  ['{"a": 1, "b": "x\\"2"}', ' {"b":"x\\u00222","a":1.0}', true],
  ["9007199254740993", "9007199254740992", false],
  ["1", '"1"', false],
  ["1", '"n1e0"', false],
  ["007", "7", false],
  ['{"a": 1', '{"a": 1', false],
])("the JSON %s says the same as %s: %s", (one, other, expected) => {
  expect(isSameJson(one, other)).toBe(expected);
});

it("reads in pages that fit the limit, and goes on at the page at which it was stopped", async () => {
  const profiles = Array.from({ length: 90 }, (_, index) => ({ id: `p-${index}`, ...storedProfile(index) }));
  writeFileSync(join(place.folder, "all.json"), JSON.stringify(profiles));
  await place.migrate(join(place.folder, "all.json"));
  let [pages, most] = [0, 0];
  place.front.intercept = ({ operation, input }) => {
    if (operation !== "Scan") return undefined;
    pages += 1;
    most = Math.max(most, Number(input["Limit"]));
    return pages === 4
      ? Promise.resolve({ status: 400, body: { __type: "com.amazon#AccessDeniedException" } })
      : undefined;
  };
  const to = join(place.folder, "back");
  await expect(back(to, { maxRcu: 5 })).rejects.toThrow("Run the same command again to go on from here.");
  const sofar = readdirSync(to).length;
  expect(sofar).toBeGreaterThan(5);
  expect(sofar).toBeLessThan(90);
  expect(await back(to, { maxRcu: 5 })).toMatchObject({
    messages: `Going on after ${sofar} profiles.\n`,
    read: 90,
    written: 90,
    check: { verified: 90 },
  });
  // 5 units are 20 KB: about twenty of these profiles.
  expect(most).toBeLessThan(40);
});

it("gives a file that says the same its profile's time, so that a migration changes nothing", async () => {
  await migrated();
  const items = await place.items();
  const to = join(place.folder, "back");
  await back(to);
  utimesSync(join(to, "agent-1.json"), 0, 0);
  expect(await back(to)).toMatchObject({ written: 0, unchanged: 7 });
  await place.migrate(to);
  expect(await place.items()).toEqual(items);
});

it("counts profiles whose content has another time, which a migration would take", async () => {
  const { client } = await place.live();
  const original = profileItem(
    newProfile(storedProfile(1), { id: "a", timestamp: "2025-06-02T00:00:00.000Z" }),
  );
  const profile_data = { M: { ...original["profile_data"]?.M, timestamp: { S: "2025-06-01T08:30:00Z" } } };
  await client.send(new PutItemCommand({ TableName: place.table, Item: { ...original, profile_data } }));
  expect((await back(join(place.folder, "back"))).check).toMatchObject({ verified: 1, ownTimeDiffers: 1 });
});

it("with --force does not go on with a run that left files as they were", async () => {
  await migrated();
  const to = join(place.folder, "back");
  mkdirSync(to);
  writeFileSync(join(to, "agent-1.json"), '{"mine": true}');
  let scans = 0;
  place.front.intercept = ({ operation }) => {
    if (operation === "Scan") scans += 1;
    return operation === "Scan" && scans === 2
      ? Promise.resolve({ status: 400, body: { __type: "com.amazon#AccessDeniedException" } })
      : undefined;
  };
  await expect(back(to)).rejects.toThrow("AccessDeniedException");
  expect(await back(to, { force: true })).toMatchObject({ written: 1, check: { verified: 7 } });
});

it("finds a file that goes while it is written", async () => {
  await migrated();
  const to = join(place.folder, "back");
  let scans = 0;
  place.front.intercept = ({ operation }) => {
    if (operation === "Scan") scans += 1;
    if (operation === "Scan" && scans === 2) writeFileSync(join(to, "agent-1.json"), "");
    return undefined;
  };
  expect(await back(to)).toMatchObject({
    written: 7,
    check: { verified: 6, different: 1, examples: ["agent-1.json"] },
  });
});
