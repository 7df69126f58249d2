/** Faults of DynamoDB that a migration lives through. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isPassing } from "../../functions/shared/outage";
import { migrationReport } from "../../scripts/lib/migrate-profiles/report";
import { fakeTimer } from "../support/fake-timer";
import { writeJsonStorage } from "../support/json-storage";
import { startMigrationPlace, type MigrationPlace } from "../support/migration";

let place: MigrationPlace;
beforeEach(async () => (place = await startMigrationPlace()));
afterEach(() => place.stop());

const storage = (files: number) => {
  const source = join(place.folder, "json_storage");
  return { source, ...writeJsonStorage(source, files) };
};
const rejected = () => {
  const lines = readFileSync(join(place.folder, "rejects.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as unknown);
};
const everything = { missing: 0, different: 0 };

describe("an outage", () => {
  it("that DynamoDB tells passes: each call is sent again, after a pause", async () => {
    const fault = { status: 500, body: { __type: "com.amazon#InternalServerError" } };
    let calls = 0;
    place.front.intercept = ({ operation }) => {
      if (!operation.startsWith("Batch")) return undefined;
      calls += 1;
      return calls % 4 === 0 ? undefined : Promise.resolve(fault);
    };
    const timer = fakeTimer();
    const { good, source } = storage(60);
    const { counts } = await place.migrate(source, { timer });
    expect(counts).toMatchObject({ stored: good.size, verification: { verified: good.size, ...everything } });
    expect(timer.slept.length).toBeGreaterThan(6);
  });

  it("that stays is told, and the next run goes on from there", async () => {
    const { source } = storage(60);
    let calls = 0;
    place.front.intercept = ({ operation }) => {
      if (operation !== "BatchWriteItem") return undefined;
      calls += 1;
      return calls === 1 ? undefined : Promise.resolve({ status: 503, body: {} });
    };
    await expect(place.migrate(source)).rejects.toThrow(
      "and it stays so. Run the same command again to go on",
    );
    expect(calls).toBeGreaterThan(10);
  });
});

it.each([
  ["a refused connection", Object.assign(new Error(), { code: "ECONNREFUSED" }), true],
  ["no answer", Object.assign(new Error(), { name: "TimeoutError" }), true],
  [
    "what has a broken connection for its cause",
    new Error("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNRESET" }) }),
    true,
  ],
  ["a refusal", Object.assign(new Error(), { $metadata: { httpStatusCode: 400 } }), false],
  ["lack of credentials", Object.assign(new Error(), { name: "CredentialsProviderError" }), false],
])("is it an outage, %s?", (_, error, expected) => expect(isPassing(error)).toBe(expected));

it("rejects the one profile that DynamoDB refuses, and stores the others of its batch", async () => {
  place.front.intercept = ({ operation, input }) =>
    operation === "BatchWriteItem" && JSON.stringify(input).includes('"id":{"S":"agent-7"}')
      ? Promise.resolve({
          status: 400,
          body: { __type: "com.amazon.coral.validate#ValidationException", message: "Rohrfrei 7" },
        })
      : undefined;
  const { source } = storage(30);
  const { counts } = await place.migrate(source);
  expect(counts.verification).toMatchObject({ verified: 29, refused: 1, ...everything });
  const { outcome, document } = migrationReport(counts, "rejects.jsonl");
  expect({ outcome, ...document }).toMatchObject({ outcome: "incomplete", stored: 29, rejected: 1 });
  expect(rejected()).toEqual([
    { file: "agent-7.json", code: "refused", reason: expect.not.stringContaining("Rohrfrei") as string },
  ]);
});
