/** The local Athena: queued rows are a query's result, in pages, as Athena itself gives them. */

import { rmSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { makeOwnFolder } from "../../scripts/local/abandoned-folders";
import { queueAthenaResults } from "../../scripts/local/athena-results";
import { findMoto, startMoto } from "../../scripts/local/moto";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { athenaResults } from "../../scripts/local/repairs/athena-results";
import { jsonReply } from "../../scripts/local/repairs/repair";
import type { RunningServer } from "../../scripts/local/server-process";
import { athenaRows, fields, manyBrands, starbucks } from "../support/brand-source";

let moto: RunningServer;
let proxy: Server;
let client: AthenaClient;
let folder: string;
beforeAll(async () => {
  folder = makeOwnFolder("aws");
  moto = await startMoto(await findMoto(process.env), join(folder, "moto.log"));
  proxy = createProxy(moto.url);
  await listen(proxy, 0);
  client = new AthenaClient({
    region: "us-east-1",
    endpoint: addressOf(proxy),
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  proxy.closeAllConnections();
  proxy.close();
  await moto.stop();
  rmSync(folder, { recursive: true });
});

const start = async (token?: string) => {
  const command = new StartQueryExecutionCommand({
    QueryString: "SELECT brandid, brandname, sector FROM brand",
    WorkGroup: "primary",
    ...(token !== undefined && { ClientRequestToken: token }),
  });
  return (await client.send(command)).QueryExecutionId ?? "";
};
const page = async (id: string, options = {}) => {
  const reply = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, ...options }));
  const rows = (reply.ResultSet?.Rows ?? []).map(({ Data = [] }) =>
    Data.map(({ VarCharValue = null }) => VarCharValue),
  );
  return { rows, next: reply.NextToken };
};
const state = async (id: string) =>
  (await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution?.Status?.State;

it("is queued, runs and succeeds, as slowly as anyone looks", async () => {
  const id = await start();
  expect([await state(id), await state(id), await state(id), await state(id)]).toEqual([
    "QUEUED",
    "RUNNING",
    "SUCCEEDED",
    "SUCCEEDED",
  ]);
  const stopped = await start();
  await client.send(new StopQueryExecutionCommand({ QueryExecutionId: stopped }));
  expect(await state(stopped)).toBe("CANCELLED");
});

it("gives its result in pages of at most 1,000 rows, header first, each as often as it is asked for", async () => {
  const rows = athenaRows(manyBrands(2_100));
  await queueAthenaResults(addressOf(proxy), rows);
  const id = await start();
  const read = async () => {
    const pages: (readonly (readonly (string | null)[])[])[] = [];
    let next: string | undefined;
    do {
      const one = await page(id, { NextToken: next });
      pages.push(one.rows);
      next = one.next;
    } while (next !== undefined);
    return pages;
  };
  const pages = await read();
  expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 101]);
  expect(pages.flat()).toEqual(rows);
  expect(await read()).toEqual(pages);
  const first = await page(id, { MaxResults: 2 });
  expect(first.rows).toEqual(rows.slice(0, 2));
  expect((await page(id, { MaxResults: 1, NextToken: first.next })).rows).toEqual(rows.slice(2, 3));
});

it("gives queued rows to every query, until others are queued", async () => {
  const [old, fresh] = [athenaRows([starbucks]), athenaRows([fields("7", null, "Retail")])];
  await queueAthenaResults(addressOf(proxy), old);
  const [one, two] = [await start(), await start()];
  expect((await page(one)).rows).toEqual(old);
  expect((await page(two)).rows).toEqual(old);
  await queueAthenaResults(addressOf(proxy), fresh);
  expect((await page(await start())).rows).toEqual(fresh);
  expect((await page(one)).rows).toEqual(old);
});

it("begins one query of one token", async () => {
  const [one, other] = [
    "populate-0d2b7f2e-5a58-4b0e-9c1f-000000000001",
    "populate-0d2b7f2e-5a58-4b0e-9c1f-2",
  ];
  expect(await start(one)).toBe(await start(one));
  expect(await start(other)).not.toBe(await start(one));
});

it.each([
  ["too many rows", { MaxResults: 1_001 }],
  ["no rows", { MaxResults: 0 }],
  ["a token of another query", { NextToken: Buffer.from("another 5").toString("base64url") }],
])("refuses %s", async (_, options) => {
  await expect(page(await start(), options)).rejects.toMatchObject({ name: "InvalidRequestException" });
});

it("begins a query of a token whose first call failed", async () => {
  const repair = athenaResults();
  const target = "AmazonAthena.StartQueryExecution";
  const body = Buffer.from(JSON.stringify({ ClientRequestToken: "token" }));
  const call = { method: "POST", url: "/", target, headers: {}, body };
  const ids = ["one", "two"];
  const begin = () => Promise.resolve(jsonReply({ QueryExecutionId: ids.shift() }));
  await expect(repair(call, () => Promise.reject(new Error("read ECONNRESET")))).rejects.toThrow(
    "ECONNRESET",
  );
  expect(await repair(call, () => Promise.resolve(jsonReply({}, 500)))).toMatchObject({ status: 500 });
  for (const again of [await repair(call, begin), await repair(call, begin)]) {
    expect(JSON.parse(String(again?.body))).toEqual({ QueryExecutionId: "one" });
  }
});

it("knows no query that nobody has started", async () => {
  await expect(state("5f0a2c8e-8f0b-4b0e-9c1f-2d6a7e3b9c10")).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
});
