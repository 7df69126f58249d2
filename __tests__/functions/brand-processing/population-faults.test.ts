/** Populations through throttling, outages, answers that are lost, and interrupts. */

import { BatchGetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { unitsPerSecond } from "../../../functions/brand-processing/population-table";
import { fields, manyBrands, starbucks } from "../../support/brand-source";
import {
  keysOf,
  namedError,
  startPopulationPlace,
  type Answer,
  type PopulationPlace,
} from "../../support/population";

let place: PopulationPlace;
beforeAll(async () => (place = await startPopulationPlace()));
afterAll(() => place.stop());

it("asks again for keys that were not processed, after a pause each time", async () => {
  const rows = [fields("91", "Bosch"), fields("92", "Miele"), fields("93", "Siemens")];
  await place.populate(rows);
  place.timer.slept.length = 0;
  const asked: number[] = [];
  const counts = await place.populate(rows, {
    answer: async (command) => {
      const keys = keysOf(command);
      asked.push(keys.length);
      // Nothing at first, then one each time.
      const [now, later] = asked.length === 1 ? [[], keys] : [keys.slice(0, 1), keys.slice(1)];
      const reply = {
        Responses: {},
        UnprocessedKeys: later.length > 0 ? { [place.name]: { Keys: [...later] } } : {},
      };
      if (now.length === 0) return reply;
      const part = new BatchGetCommand({ RequestItems: { [place.name]: { Keys: now } } });
      return { ...reply, Responses: (await place.client.send(part)).Responses };
    },
  });
  expect(counts).toMatchObject({ unchanged: 3, added: 0 });
  expect(asked).toEqual([3, 3, 2, 1]);
  expect(place.timer.slept).toHaveLength(3);
});

it.each(["ProvisionedThroughputExceededException", "ThrottlingException", "TimeoutError"])(
  "goes on after some answers of %s",
  async (name) => {
    let calls = 0;
    const answer: Answer = (_, send) => {
      calls += 1;
      return calls % 3 === 0 ? send() : Promise.reject(namedError(name));
    };
    const id = String(1_000 + name.length);
    expect(await place.populate([fields(id, "Adidas")], { answer })).toMatchObject({ added: 1 });
    expect(calls).toBe(6);
  },
);

it("counts a brand as new whose answer was lost", async () => {
  let lost = false;
  const { population: one, table: asked } = place.population([fields("95", "Puma")], {
    answer: async (command, send) => {
      const reply = await send();
      if (!(command instanceof PutCommand) || lost) return reply;
      lost = true;
      throw namedError("TimeoutError");
    },
  });
  expect(await one.write()).toMatchObject({ added: 1, unchanged: 0 });
  expect(asked.writeCalls).toBe(2);
});

it("gives up when the table stays throttled, or processes no key", async () => {
  const throttled: Answer = () => Promise.reject(namedError("ThrottlingException"));
  await expect(place.populate([starbucks], { answer: throttled })).rejects.toThrow("As it is.");
  const unprocessed: Answer = (command) =>
    Promise.resolve({ UnprocessedKeys: { [place.name]: { Keys: [...keysOf(command)] } } });
  await expect(place.populate([starbucks], { answer: unprocessed })).rejects.toThrow(
    "throttled, and stays so",
  );
});

it.each([
  ["a fifth of what an index takes", "new", undefined, 1, undefined],
  ["a fifth of what an index takes", "refreshed", { brandname: "Of old" }, 2, undefined],
  ["as much as it is told", "new", undefined, 1, 100],
])("leaves %s to others, as it writes %s brands", async (_, __, known, units, most) => {
  const begin = place.timer.now();
  const answer: Answer = (command) => {
    const items = known === undefined ? [] : keysOf(command).map((key) => ({ ...key, ...known }));
    return Promise.resolve({ Responses: { [place.name]: items } });
  };
  const rows = [...manyBrands(400, 300_001)];
  await place.populate(rows, { answer, ...(most !== undefined && { mostUnitsPerSecond: most }) });
  const seconds = (place.timer.now() - begin) / 1000;
  const expected = most ?? unitsPerSecond;
  expect((400 * units) / seconds).toBeLessThan(1.1 * expected);
  expect((400 * units) / seconds).toBeGreaterThan(0.9 * expected);
});

it("does not repeat what no repetition changes", async () => {
  let calls = 0;
  const answer: Answer = () => {
    calls += 1;
    return Promise.reject(namedError("AccessDeniedException"));
  };
  await expect(place.populate([starbucks], { answer })).rejects.toThrow("As it is.");
  expect(calls).toBe(1);
});

it("ends the writes that run when it is interrupted, and begins no more", async () => {
  const controller = new AbortController();
  const interrupted = place.population([...manyBrands(200, 200_001)], {
    signal: controller.signal,
    answer: async (command, send) => {
      if (command instanceof PutCommand && interrupted.table.writeCalls === 40) {
        controller.abort(new Error("Interrupted."));
      }
      return send();
    },
  });
  await expect(interrupted.population.write()).rejects.toThrow("Interrupted.");
  const { writeCalls } = interrupted.table;
  expect(writeCalls).toBeLessThan(60);
  expect(interrupted.population.counts.added).toBe(writeCalls);
  expect(await place.populate([...manyBrands(200, 200_001)])).toMatchObject({
    unchanged: writeCalls,
    added: 200 - writeCalls,
  });
});
