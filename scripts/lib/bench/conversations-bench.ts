/** What a message of a conversation consumes as it grows: with sealed segments, and as one growing item. */

import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { ordinaryBoundBytes } from "../../../functions/conversations/head";
import { conversations as spec } from "../../../tables/conversations";
import { tableName } from "../../../tables/naming";
import type { DynamoDbEmulator } from "../../local/dynamodb-emulator";
import { CouldNotTell } from "../errors";
import { Phases, type Progress } from "../phases";
import type { Bench, BenchOptions } from "./bench";
import { describeConversations } from "./describe-conversations";
import { MeteredClient, type Units } from "./metered-client";
import { withTables } from "./stage";
import { round } from "./statistics";

const key = { user_id: "demo", conversation_id: "550e8400-e29b-41d4-a716-446655440000" };

export interface Growth {
  readonly messages: number;
  /** Write units of the message of each of these numbers; null where it could not be stored. */
  readonly writeUnitsOfMessage: readonly { readonly message: number; readonly units: number | null }[];
  readonly averageWriteUnits: number;
  readonly largestWriteUnits: number;
}

export interface BoundReport extends Growth {
  readonly boundKilobytes: number;
  /** Write units of a head of the bound's size: of the table and of the index. */
  readonly boundsWorth: number;
  readonly averageReadUnitsOfAppend: number;
  /** Read units of the newest 4 MB, or all if there is less, and of 50 messages in the middle. */
  readonly readUnits: { readonly whole: number; readonly page: number };
}

export interface ItemReport extends Growth {
  /** The number of the first message that the item did not hold. */
  readonly failedAt: number | null;
}

export interface ConversationsReport {
  readonly averageMessageBytes: number;
  readonly bounds: readonly BoundReport[];
  readonly growingItem: ItemReport;
}

const milestones = [10, 100, 1_000, 10_000];
const otherBounds = [8, 24, 32];

export const conversationsBench: Bench = {
  description: "write units of the 10th to the 10,000th message of a conversation, beside one growing item",
  async run({ quick, signal }) {
    const phases = new Phases(signal);
    const ordinary = ordinaryBoundBytes / 1024;
    const bounds: BoundReport[] = [];
    for (const kilobytes of [ordinary, ...otherBounds]) {
      const messages = quick ? 100 : kilobytes === ordinary ? 10_000 : 1_000;
      bounds.push(
        await phases.one(`${kilobytes} KB, ${messages} messages`, (progress) =>
          onTable(signal, (emulator) => grow(emulator, kilobytes, { messages, progress, signal })),
        ),
      );
    }
    bounds.sort((one, other) => one.boundKilobytes - other.boundKilobytes);
    const growingItem = await phases.one("one growing item", (progress) =>
      onTable(signal, (emulator) => growItem(emulator, { messages: quick ? 100 : 10_000, progress, signal })),
    );
    const report = { averageMessageBytes: averageBytes, bounds, growingItem };
    return { engine: "dynoxide", document: report, text: describeConversations(report) };
  },
};

const onTable = <T>(signal: AbortSignal, use: (emulator: DynamoDbEmulator) => Promise<T>): Promise<T> =>
  withTables(undefined, signal, (emulator) => {
    if (emulator.engine === "dynoxide") return use(emulator);
    throw new CouldNotTell(
      "moto does not count capacity as AWS does: install @dynoxide/linux-x64 (npm ci, on x64 Linux).",
    );
  });

interface Extent {
  readonly messages: number;
  readonly progress: Progress;
  readonly signal: BenchOptions["signal"];
}

async function grow(
  { client }: DynamoDbEmulator,
  boundKilobytes: number,
  extent: Extent,
): Promise<BoundReport> {
  const meter = new MeteredClient(client);
  const conversations = new Conversations({
    tableName: tableName(spec, "local"),
    client: meter.client,
    boundBytes: boundKilobytes * 1024,
  });
  await conversations.create({ ...key, title: "Growing" });
  const units = await appended(extent, (number) =>
    meter.during(() => conversations.addMessage({ ...key, ...messageOf(number) })),
  );
  const middle = Math.floor(units.length / 2);
  const whole = await meter.during(() => conversations.get(key));
  const page = await meter.during(() => conversations.get({ ...key, before: middle, limit: 50 }));
  return {
    boundKilobytes,
    boundsWorth: 2 * boundKilobytes,
    ...growthOf(units),
    averageReadUnitsOfAppend: average(units.map(({ read }) => read)),
    readUnits: { whole: whole.read, page: page.read },
  };
}

/** As document 001 has it: every message into the one item. */
async function growItem({ client }: DynamoDbEmulator, extent: Extent): Promise<ItemReport> {
  const meter = new MeteredClient(client);
  const now = "2025-12-30T14:00:00.000Z";
  let failedAt: number | null = null;
  const units = await appended(extent, async (number) => {
    const message = { ...messageOf(number), timestamp: now };
    const update = new UpdateCommand({
      TableName: tableName(spec, "local"),
      Key: { conversation_id: key.conversation_id, user_id: key.user_id },
      UpdateExpression:
        "SET messages = list_append(if_not_exists(messages, :none), :message), created_at = :now, " +
        "updated_at = :now ADD message_count :one",
      ExpressionAttributeValues: { ":none": [], ":message": [message], ":now": now, ":one": 1 },
    });
    try {
      return await meter.during(() => meter.client.send(update));
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes("size")) throw error;
      failedAt = number;
      return undefined;
    }
  });
  return { ...growthOf(units), failedAt };
}

/** Until one fails. */
async function appended(
  { messages, progress, signal }: Extent,
  append: (number: number) => Promise<Units | undefined>,
): Promise<readonly Units[]> {
  const units: Units[] = [];
  for (let number = 1; number <= messages; number += 1) {
    signal.throwIfAborted();
    if (number % 100 === 0) progress(`message ${number}`);
    const consumed = await append(number);
    if (consumed === undefined) break;
    units.push(consumed);
  }
  return units;
}

function growthOf(units: readonly Units[]): Growth {
  const writes = units.map(({ write }) => write);
  return {
    messages: units.length,
    writeUnitsOfMessage: milestones.map((message) => ({ message, units: writes[message - 1] ?? null })),
    averageWriteUnits: average(writes),
    largestWriteUnits: writes.reduce((most, one) => Math.max(most, one), 0),
  };
}

const average = (values: readonly number[]): number =>
  round(values.reduce((sum, one) => sum + one, 0) / values.length);

/** Questions of some words, and answers of some sentences with what a tool has found. */
function messageOf(number: number) {
  if (number % 2 === 1) {
    return { role: "user" as const, content: `Show me the 4K renders of house ${number}, newest first` };
  }
  const files = Array.from({ length: 1 + (number % 3) }, (_, index) => ({
    file_id: number * 10 + index,
    name: `house_${number}_4k.exr`,
  }));
  return {
    role: "assistant" as const,
    content: `I found ${files.length} 4K renders. ${"Each shows the house by the lake. ".repeat(4 + (number % 9))}`,
    tool_calls: [{ tool: "filter_by_metadata", args: { resolution: "3840x2160", limit: 10 }, result: files }],
  };
}

const averageBytes = Math.round(
  Array.from({ length: 90 }, (_, number) => JSON.stringify(messageOf(number)).length).reduce(
    (sum, one) => sum + one,
  ) / 90,
);
