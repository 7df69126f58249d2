/** Migrating profiles, in this process: what is stored, resumed, retried and verified. */

import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { RunState } from "../../scripts/lib/run-state";
import { profileOf } from "../../scripts/lib/migrate-profiles/profile-of";
import { openSource, readSource, start } from "../../scripts/lib/migrate-profiles/source";
import { throttled, type FrontReply } from "../support/aws-front";
import { fakeTimer } from "../support/fake-timer";
import { storedProfile, writeJsonStorage } from "../support/json-storage";
import { startMigrationPlace, type MigrationPlace } from "../support/migration";

let place: MigrationPlace;
beforeEach(async () => (place = await startMigrationPlace()));
afterEach(() => place.stop());

const storage = (files: number) => {
  const source = join(place.folder, "json_storage");
  return { source, ...writeJsonStorage(source, files) };
};
const arrayFile = (profiles: readonly object[]): string => {
  const path = join(place.folder, "profiles.json");
  writeFileSync(path, JSON.stringify(profiles));
  return path;
};
const rejected = () => {
  const lines = readFileSync(join(place.folder, "rejects.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as { file: string; element?: number; code: string });
};
const everything = { missing: 0, different: 0 };

describe("a migration", () => {
  it("stores a profile as document 002 has it: its keys in key form, its price to the cent, the original", async () => {
    const original = {
      ...storedProfile(1),
      averagePrice: 79.9,
      job: " Plumber ",
      timestamp: "2025-06-01T08:30:00Z",
    };
    await place.migrate(arrayFile([{ id: "agent-plumber-berlin-01", ...original }]));
    const item = (await place.items()).get("agent-plumber-berlin-01");
    expect(item).toMatchObject({
      job: { S: "plumber" },
      location_city: { S: "berlin" },
      averagePrice: { N: "79.9" },
      timestamp: { S: "2025-06-01T08:30:00.000Z" },
      profile_data: { M: { job: { S: " Plumber " }, id: { S: "agent-plumber-berlin-01" } } },
    });
    expect(
      Object.keys(item ?? {})
        .sort()
        .join(),
    ).toBe("address,averagePrice,description,id,job,location,location_city,name,profile_data,tags,timestamp");
  });

  it("that is repeated changes nothing in the table", async () => {
    const { source } = storage(120);
    const first = await place.migrate(source);
    const items = await place.items();
    const second = await place.migrate(source);
    expect(second).toEqual(first);
    expect(await place.items()).toEqual(items);
    expect(rejected()).toHaveLength(1);
  });

  it("of two files with one id keeps the later one, and tells the other", async () => {
    const twice = [
      { id: "a", ...storedProfile(1) },
      { id: "b", ...storedProfile(2) },
      { id: "a", ...storedProfile(3) },
    ];
    const { counts } = await place.migrate(arrayFile(twice));
    expect(counts).toMatchObject({ stored: 3, verification: { verified: 2, missing: 0, different: 1 } });
    expect(rejected()).toMatchObject([{ file: "profiles.json", element: 0, code: "different" }]);
    expect((await place.items()).get("a")).toMatchObject({ name: { S: storedProfile(3).name } });
  });
});

describe("a table that is busy", () => {
  it("gets what it did not process again, after a pause, until it has all of it", async () => {
    let calls = 0;
    place.front.intercept = ({ operation, input }, forward) => {
      if (!operation.startsWith("Batch")) return undefined;
      calls += 1;
      if (calls % 3 === 0) return Promise.resolve(throttled);
      return calls % 2 === 0 ? halfOf(operation, input, forward) : undefined;
    };
    const timer = fakeTimer();
    const { good, source } = storage(150);
    const { counts } = await place.migrate(source, { timer });
    expect(counts).toMatchObject({ stored: good.size, verification: { verified: good.size, ...everything } });
    expect([...(await place.items()).keys()].sort()).toEqual([...good].sort());
    expect(timer.slept.length).toBeGreaterThan(2);
  });

  it("for good is given up after ten tries, and the next run goes on from there", async () => {
    const { good, source } = storage(150);
    const calls = refuseAllBut(firstIds(source, 50), throttled);
    await expect(place.migrate(source)).rejects.toThrow(
      `The table ${place.table} does not go on: it is throttled, and stays so. Run the same command again to go on`,
    );
    expect(Math.max(...calls.values())).toBe(10);
    place.front.intercept = undefined;
    const { counts, messages } = await place.migrate(source);
    expect(messages).toMatch(/^Going on after 50 stored and \d rejected profiles\.\n$/);
    expect(counts.verification).toMatchObject({ verified: good.size, ...everything });
  });
});

/** Lets the batches of these profiles alone through; gives how often each of the others was sent. */
function refuseAllBut(ids: readonly string[], reply: FrontReply): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  place.front.intercept = ({ operation, input }) => {
    if (operation !== "BatchWriteItem") return undefined;
    const sent = [...JSON.stringify(input).matchAll(/"Item":\{"name".*?"id":\{"S":"([^"]+)"/g)].map(
      ([, id = ""]) => id,
    );
    if (sent.length === 0) throw new Error("No item was sent.");
    if (sent.every((id) => ids.includes(id))) return undefined;
    const [first = ""] = sent;
    calls.set(first, (calls.get(first) ?? 0) + 1);
    return Promise.resolve(reply);
  };
  return calls;
}

/** Of the good profiles of a folder, in its own order. */
function firstIds(source: string, number: number): readonly string[] {
  const found = readSource(openSource(source), start);
  const ids = [...found].flatMap((part) =>
    part.kind === "candidate" && "profile" in profileOf(part.candidate) ? [part.candidate.id ?? ""] : [],
  );
  return ids.slice(0, number);
}

/** DynamoDB does a part of a batch and gives the rest back. */
async function halfOf(operation: string, input: Input, forward: (input: object) => Promise<FrontReply>) {
  const { RequestItems } = input as { RequestItems: Record<string, readonly object[] | Keys> };
  const [[name, given] = ["", []]] = Object.entries(RequestItems);
  const part = (from: number, to?: number) => ({
    [name]: "Keys" in given ? { ...given, Keys: given.Keys.slice(from, to) } : given.slice(from, to),
  });
  const half = Math.ceil(("Keys" in given ? given.Keys : given).length / 2);
  const { status, body } = await forward({ ...input, RequestItems: part(0, half) });
  const left = operation === "BatchWriteItem" ? "UnprocessedItems" : "UnprocessedKeys";
  return { status, body: { ...body, [left]: part(half) } };
}

type Input = Readonly<Record<string, unknown>>;
interface Keys {
  readonly Keys: readonly object[];
}

describe("a migration that was killed", () => {
  it.each([
    ["in a folder", () => storage(300)],
    [
      "within an array",
      () => ({
        good: new Set(
          Array.from({ length: 300 }, (_, index) => `p-${index}`).filter((_, index) => index % 50 !== 7),
        ),
        source: arrayFile(
          Array.from({ length: 300 }, (_, index) =>
            index % 50 === 7 ? { id: `p-${index}` } : { id: `p-${index}`, ...storedProfile(index) },
          ),
        ),
      }),
    ],
  ])("goes on %s from any checkpoint, and ends as if nothing had been", async (_, prepare) => {
    const { good, source } = prepare();
    const checkpoint = join(place.folder, "state", folderOfState(), "checkpoint.json");
    const copies: string[] = [];
    const save = jest.spyOn(RunState.prototype, "save").mockImplementation(function (
      this: RunState,
      content,
    ) {
      writeFileSync(checkpoint, JSON.stringify(content));
      copies.push(join(place.folder, `checkpoint-${copies.length}`));
      copyFileSync(checkpoint, copies.at(-1) ?? "");
    });
    const whole = await place.migrate(source, { timer: fakeTimer(1_000), maxWcu: 10 });
    save.mockRestore();
    const [items, rejects] = [await place.items(), rejected()];
    expect(copies.length).toBeGreaterThan(10);

    for (const copy of copies.filter((_copy, index) => index % 4 === 1)) {
      // As the kill left it: the file of rejects is ahead of the checkpoint.
      place.state();
      renameSync(copy, checkpoint);
      const { counts, messages } = await place.migrate(source);
      expect(messages).toMatch(/^Going on after /);
      expect(counts).toEqual(whole.counts);
      expect(rejected()).toEqual(rejects);
    }
    expect(await place.items()).toEqual(items);
    expect([...items.keys()].sort()).toEqual([...good].sort());
  });

  it("starts over when a file has come or gone since, and says so", async () => {
    const { source, good } = storage(150);
    await interruptedAfter(50, source);
    writeFileSync(join(source, "agent-0.json.bak"), "");
    renameSync(join(source, "agent-0.json.bak"), join(source, "0.json"));
    writeFileSync(join(source, "0.json"), JSON.stringify(storedProfile(0)));
    renameSync(join(source, "agent-1.json"), join(source, "agent-one.json"));
    const { counts, messages } = await place.migrate(source);
    expect(messages).toContain("The source has changed since the interrupted run: from the start.\n");
    expect(counts.verification).toMatchObject({ verified: good.size + 1, ...everything });
  });

  it("starts over in another table of the same name", async () => {
    const { source, good } = storage(150);
    await interruptedAfter(50, source);
    const path = join(place.folder, "state", folderOfState(), "checkpoint.json");
    const checkpoint = JSON.parse(readFileSync(path, "utf8")) as { of: string };
    writeFileSync(
      path,
      JSON.stringify({ ...checkpoint, of: checkpoint.of.replace(/[0-9a-f]{12}/, "another") }),
    );
    const { counts, messages } = await place.migrate(source);
    expect(messages).toBe("An interrupted run was of another table or file of rejects: from the start.\n");
    expect(counts).toMatchObject({ stored: good.size, verification: { verified: good.size } });
  });
});

async function interruptedAfter(stored: number, source: string): Promise<void> {
  refuseAllBut(firstIds(source, stored), {
    status: 400,
    body: { __type: "com.amazon#AccessDeniedException" },
  });
  await expect(place.migrate(source)).rejects.toThrow("AccessDeniedException");
  place.front.intercept = undefined;
}

/** RunState names it. */
function folderOfState(): string {
  const state = place.state();
  state.close();
  return state.folder.split("/").at(-1) ?? "";
}

describe("the verification", () => {
  it("finds what was deleted or changed between storing and reading back", async () => {
    const { source } = storage(20);
    const { client } = await place.live();
    let isDone = false;
    place.front.intercept = ({ operation }) => {
      if (operation !== "BatchGetItem" || isDone) return undefined;
      isDone = true;
      return Promise.all([
        client.send(new DeleteItemCommand({ TableName: place.table, Key: { id: { S: "agent-3" } } })),
        client.send(new PutItemCommand({ TableName: place.table, Item: { id: { S: "agent-4" } } })),
      ]).then(() => throttled);
    };
    const { counts } = await place.migrate(source);
    expect(counts.verification).toEqual({ verified: 18, missing: 1, different: 1, refused: 0, rejected: 0 });
    expect(
      rejected()
        .map(({ file, code }) => `${file} ${code}`)
        .sort(),
    ).toEqual(["agent-3.json missing", "agent-4.json different"]);
  });
});
