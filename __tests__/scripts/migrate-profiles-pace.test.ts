/** How fast a migration may go, in a time that passes only when somebody waits. */

import { Pace } from "../../scripts/lib/migrate-profiles/pace";
import { Progress } from "../../scripts/lib/progress";
import { fakeTimer } from "../support/fake-timer";

const { signal } = new AbortController();
const used = (units: Readonly<Record<string, number>>) => new Map(Object.entries(units));

it("takes no more than the limit a second, after a second's worth at once", async () => {
  const timer = fakeTimer();
  const pace = new Pace(10, ["table"], timer);
  const times: number[] = [];
  for (let call = 0; call < 12; call += 1) {
    await pace.take(5, signal);
    times.push(timer.now());
  }
  expect(times.slice(0, 4)).toEqual([0, 0, 500, 1_000]);
  expect(times.at(-1)).toBe(5_000);
});

it("waits for the index that is short of units, though the table has some", async () => {
  const timer = fakeTimer();
  const pace = new Pace(10, ["table", "job-index"], timer);
  await pace.take(5, signal);
  // An index's key changed: the old entry goes and the new one comes.
  pace.settle(5, used({ table: 5, "job-index": 20 }));
  await pace.take(5, signal);
  expect(timer.now()).toBe(1_500);
});

it("gives back what a call did not consume", async () => {
  const timer = fakeTimer();
  const pace = new Pace(10, ["table", "job-index"], timer);
  await pace.take(10, signal);
  pace.settle(10, used({ table: 2 }));
  await pace.take(8, signal);
  expect(timer.now()).toBe(0);
});

it("lets a call through that takes more than a second's worth, and the next one pays for it", async () => {
  const timer = fakeTimer();
  const pace = new Pace(4, ["table"], timer);
  await pace.take(40, signal);
  expect(timer.now()).toBe(0);
  await pace.take(4, signal);
  expect(timer.now()).toBe(10_000);
});

it("serves those who wait in turn", async () => {
  const pace = new Pace(1, ["table"], fakeTimer());
  const served: string[] = [];
  const wait = (name: string) => pace.take(1, signal).then(() => served.push(name));
  await Promise.all([wait("first"), wait("second"), wait("third")]);
  expect(served).toEqual(["first", "second", "third"]);
});

it("stops waiting when it is interrupted", async () => {
  const pace = new Pace(1, ["table"], fakeTimer());
  await pace.take(1, signal);
  await expect(pace.take(1, AbortSignal.abort(new Error("Interrupted.")))).rejects.toThrow("Interrupted.");
});

describe("the progress of a migration", () => {
  const play = (isTTY: boolean) => {
    let [now, text] = [0, ""];
    const output = { isTTY, write: (part: string) => (text += part) };
    const progress = new Progress("storing", output, () => now);
    for (let second = 0; second <= 20; second += 1) {
      now = second * 1_000;
      const items = second * 50;
      const units = { name: "WCU", consumed: items * 2 } as const;
      progress.update({ fraction: second / 40, items, units, notes: ["3 rejected"] });
    }
    progress.end();
    return text;
  };

  it("is a line now and then where nobody watches", () => {
    expect(play(false)).toBe(
      "storing: 500, 25 %, 50 items/s, 100 WCU/s, 0:30 left, 3 rejected\n" +
        "storing: 1,000, 50 %, 50 items/s, 100 WCU/s, 0:20 left, 3 rejected\n",
    );
  });

  it("is one line that changes on a terminal, and goes at the end", () => {
    const frames = play(true).split("\r\u001b[K");
    expect(frames).toHaveLength(22);
    expect(frames.at(-2)).toBe("storing: 1,000, 50 %, 50 items/s, 100 WCU/s, 0:20 left, 3 rejected");
    expect(frames.at(-1)).toBe("");
  });
});
