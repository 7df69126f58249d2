/** Calls of many operations end before Lambda ends them, and say how far they came. */

import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { ConversationTable } from "../../../functions/agent-matching/conversations";
import { ProfileTable } from "../../../functions/agent-matching/profiles";
import { conversationTable, plumber, profileTable } from "../../support/agent-matching";
import { stubClient, throttledError, type Asked } from "../../support/stub-client";

const stored = { ...plumber, job: "plumber", location_city: "berlin", timestamp: "2025-06-01T08:30:00Z" };

describe("a match", () => {
  let now = 0;
  /** One profile a page, without end. */
  const page = (asked: Asked, number: number) => ({
    Items: [{ ...stored, id: `agent-${number}-${JSON.stringify(asked["Segment"])}` }],
    LastEvaluatedKey: { id: `agent-${number}` },
  });
  const match = (criteria: object, answer: (asked: Asked, number: number) => object | Error) => {
    let number = 0;
    const client = stubClient((asked) => answer(asked, (number += 1)));
    const profiles = new ProfileTable({ client, name: profileTable, now: () => now });
    return profiles.match({ criteria, limit: 100 });
  };

  it("reads no round after five seconds, and is not complete", async () => {
    const slow = (asked: Asked, number: number) => {
      now += 2_000;
      return page(asked, number);
    };
    const { matches, isComplete } = await match({ job: ["plumber"] }, slow);
    expect([matches.length, isComplete]).toEqual([3, false]);
  });

  it("answers what it has read when a later page is throttled for good", async () => {
    const busy = (asked: Asked, number: number) => (number > 2 ? throttledError() : page(asked, number));
    const { matches, isComplete } = await match({ job: ["plumber"] }, busy);
    expect([matches.length, isComplete]).toEqual([2, false]);
  });

  it("answers what some parts of a scan gave when another is throttled", async () => {
    const busy = (asked: Asked, number: number) =>
      asked["Segment"] === 1 ? throttledError() : page(asked, number);
    const { matches, isComplete } = await match({ text: ["heating"] }, busy);
    expect([matches.length, isComplete]).toEqual([3, false]);
  });

  it("fails when nothing was read, and with what is no throttling at any time", async () => {
    await expect(match({ job: ["plumber"] }, throttledError)).rejects.toThrow("throughput");
    const broken = (asked: Asked, number: number) => (number > 1 ? new Error("broken") : page(asked, number));
    await expect(match({ job: ["plumber"] }, broken)).rejects.toThrow("broken");
  });
});

describe("a new message", () => {
  const message = {
    ...{ conversation_id: "conv-1", agent_id: "agent-1", sender: "customer" },
    ...{ message: "Can you come?", timestamp: "2025-06-01T09:00:00.000Z" },
  };
  const lost = () =>
    new ConditionalCheckFailedException({
      $metadata: {},
      message: "The conditional request failed",
      Item: marshall({ ...message, message: "another" }),
    });

  it("gives up after five seconds of lost races, and says that another try may succeed", async () => {
    let [now, puts] = [0, 0];
    const client = stubClient((asked) => {
      now += 1_000;
      if (!("Item" in asked)) return { Items: [] };
      puts += 1;
      return lost();
    });
    const conversations = new ConversationTable({ client, name: conversationTable, now: () => now });
    await expect(conversations.append(message)).rejects.toMatchObject({ code: "contended" });
    // A try and the read after it take two of the seconds.
    expect(puts).toBe(3);
  });
});
