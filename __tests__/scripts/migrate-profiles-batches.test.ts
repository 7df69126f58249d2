/** Entries in batches: never too large, never one key twice, and acknowledged in order. */

import { setTimeout as sleep } from "node:timers/promises";
import { Batches, type Entry } from "../../scripts/lib/migrate-profiles/batches";

const limits = { entries: 25, bytes: 100, units: 50, underWay: 4 };
const entry = (key: string, more: Partial<Entry<string>> = {}): Entry<string> => ({
  key,
  value: key,
  bytes: 1,
  units: 1,
  ...more,
});

async function sentFor(entries: readonly Entry<string>[]): Promise<readonly string[]> {
  const sent: string[] = [];
  const batches = new Batches<string, number>(
    limits,
    (batch) => {
      sent.push(batch.map(({ value }) => value).join(""));
      return Promise.resolve();
    },
    () => undefined,
  );
  for (const [index, each] of entries.entries()) await batches.add(each, index);
  await batches.end(entries.length);
  return sent;
}

it.each([
  [
    "25 entries",
    Array.from("abcdefghijklmnopqrstuvwxyz", (key) => entry(key)),
    ["abcdefghijklmnopqrstuvwxy", "z"],
  ],
  ["the bytes of a call", ["a", "b", "c"].map((key) => entry(key, { bytes: 50 })), ["ab", "c"]],
  ["a second's units", ["a", "b", "c"].map((key) => entry(key, { units: 20 })), ["ab", "c"]],
  ["one entry, however large it is", [entry("a", { bytes: 1_000 }), entry("b")], ["a", "b"]],
  ["entries of different keys", ["a", "b", "a", "c"].map((key) => entry(key)), ["ab", "ac"]],
])("a batch holds at most %s", async (_, entries, expected) => {
  expect(await sentFor(entries)).toEqual(expected);
});

it("sends a later entry of a key when the earlier one has arrived: the later one wins", async () => {
  const arrived: string[] = [];
  const batches = new Batches<string, number>(
    { ...limits, entries: 1 },
    async ([only]) => {
      await sleep(only?.value === "old" ? 20 : 0);
      arrived.push(only?.value ?? "");
    },
    () => undefined,
  );
  await batches.add(entry("a", { value: "old" }), 0);
  await batches.add(entry("b"), 1);
  await batches.add(entry("a", { value: "new" }), 2);
  await batches.end(3);
  expect(arrived.indexOf("new")).toBeGreaterThan(arrived.indexOf("old"));
});

it("is never done with what stands behind a batch that is still under way", async () => {
  const release = new Map<string, () => void>();
  const done: number[] = [];
  const batches = new Batches<string, number>(
    { ...limits, entries: 1 },
    ([only]) => new Promise((resolve) => release.set(only?.key ?? "", resolve)),
    (mark) => done.push(mark),
  );
  for (const [index, key] of ["a", "b", "c"].entries()) await batches.add(entry(key), index);
  const end = batches.end(3);
  release.get("b")?.();
  await sleep(1);
  expect(done).toEqual([]);
  release.get("a")?.();
  await sleep(1);
  expect(done).toEqual([2]);
  release.get("c")?.();
  await end;
  expect(done).toEqual([2, 3]);
});

it("tells a failure, and is done with nothing behind it, though later batches arrived", async () => {
  const done: number[] = [];
  const batches = new Batches<string, number>(
    { ...limits, entries: 1 },
    ([only]) => (only?.key === "b" ? Promise.reject(new Error("refused")) : Promise.resolve()),
    (mark) => done.push(mark),
  );
  for (const [index, key] of ["a", "b", "c"].entries()) await batches.add(entry(key), index);
  await expect(batches.end(3)).rejects.toThrow("refused");
  await batches.drain();
  expect(done).toEqual([1]);
});
