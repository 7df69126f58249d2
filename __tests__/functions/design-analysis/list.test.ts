/** The list of document 004: newest first over all statuses, in pages, by queries of the index. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { statuses, type Status } from "../../../functions/design-analysis/model";
import { newestRequests, type Position } from "../../../functions/design-analysis/store";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

let table: EmulatedTable;
beforeEach(async () => (table = await startEmulatedTable(designAnalysisTracking)));
afterEach(() => table.stop());

const store = () => ({ client: table.client, name: table.name, clock: () => new Date() });

async function put(request_id: string, created_at: string, overall_status: Status): Promise<void> {
  const Item = { ...designAnalysisTracking.example, request_id, created_at, overall_status };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}

/** Ids of all pages, page by page; between two pages something may happen. */
async function pages(limit: number, between?: (page: number) => Promise<void>): Promise<string[][]> {
  const read: string[][] = [];
  let from: Position | undefined;
  do {
    const page = await newestRequests(store(), { statuses, limit, from });
    read.push(page.requests.map(({ request_id }) => request_id));
    from = page.next;
    await between?.(read.length);
  } while (from !== undefined);
  return read;
}

const minute = (number: number) => `2024-01-15T10:${String(number).padStart(2, "0")}:00.000Z`;

it("merges the statuses, newest first, and says on the last page that there is no more", async () => {
  await put("oldest", minute(1), "completed");
  await put("newest", minute(4), "processing");
  await put("second", minute(3), "completed");
  await put("third", minute(2), "failed");
  expect(await pages(2)).toEqual([
    ["newest", "second"],
    ["third", "oldest"],
  ]);
  expect(await pages(4)).toEqual([["newest", "second", "third", "oldest"]]);
});

it("shows only those of one status when one is asked for", async () => {
  await put("good", minute(1), "completed");
  await put("bad", minute(2), "failed");
  const page = await newestRequests(store(), { statuses: ["failed"], limit: 50 });
  expect(page).toEqual({
    requests: [
      {
        request_id: "bad",
        research_data: "s3://bucket/research-data/interview.txt",
        created_at: minute(2),
        updated_at: "2024-01-15T10:30:46Z",
        overall_status: "failed",
      },
    ],
  });
});

it("neither misses nor repeats a request whose status changes between two pages", async () => {
  await put("first", minute(5), "pending");
  await put("second", minute(4), "processing");
  await put("third", minute(3), "pending");
  await put("fourth", minute(2), "completed");
  const read = await pages(2, async (page) => {
    if (page !== 1) return;
    await put("first", minute(5), "completed");
    await put("third", minute(3), "processing");
  });
  expect(read).toEqual([
    ["first", "second"],
    ["third", "fourth"],
  ]);
});

it("shows every request once, in order, whatever share a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ time: fc.integer({ min: 0, max: 3 }), status: fc.constantFrom(...statuses) }), {
        maxLength: 12,
      }),
      fc.integer({ min: 1, max: 4 }),
      async (requests, limit) => {
        await table.stop();
        table = await startEmulatedTable(designAnalysisTracking);
        for (const [index, { time, status }] of requests.entries()) {
          await put(`analysis_${index}`, minute(time), status);
        }
        const read = await pages(limit);
        const ids = read.flat();
        expect([...ids].sort()).toEqual(requests.map((_, index) => `analysis_${index}`).sort());
        const times = ids.map((id) => requests[Number(id.split("_")[1])]?.time ?? -1);
        expect(times).toEqual([...times].sort((one, other) => other - one));
        for (const page of read.slice(0, -1)) expect(page).toHaveLength(limit);
      },
    ),
    { numRuns: 30, seed: 4 },
  );
});
