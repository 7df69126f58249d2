import CliTable from "cli-table3";
import type { ConversationsReport, Growth } from "./conversations-bench";

const style = { style: { head: [], border: [] } };

export function describeConversations({
  averageMessageBytes,
  bounds,
  growingItem,
}: ConversationsReport): string {
  const series: readonly (Growth & { readonly name: string })[] = [
    ...bounds.map((one) => ({ ...one, name: `sealed beyond ${one.boundKilobytes} KB` })),
    { ...growingItem, name: "one growing item" },
  ];
  const writes = new CliTable({
    head: ["write units of message", ...milestonesOf(growingItem), "average", "largest", "messages"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
    ...style,
  });
  for (const { name, messages, writeUnitsOfMessage, averageWriteUnits, largestWriteUnits } of series) {
    writes.push([
      name,
      ...writeUnitsOfMessage.map(({ units }) => unitsText(units)),
      unitsText(averageWriteUnits),
      unitsText(largestWriteUnits),
      messages,
    ]);
  }
  const others = new CliTable({
    head: [
      "bound",
      "bound's worth",
      "largest / worth",
      "read units of an append",
      "of all",
      "of a page of 50",
    ],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    ...style,
  });
  for (const {
    boundKilobytes,
    boundsWorth,
    largestWriteUnits,
    averageReadUnitsOfAppend,
    readUnits,
  } of bounds) {
    others.push([
      `${boundKilobytes} KB`,
      boundsWorth,
      (largestWriteUnits / boundsWorth).toFixed(2),
      averageReadUnitsOfAppend,
      readUnits.whole,
      readUnits.page,
    ]);
  }
  return [
    `Messages of ${averageMessageBytes} bytes on average, one after the other, without client ids.`,
    writes.toString(),
    growingItem.failedAt === null
      ? "The growing item held all of them."
      : `The growing item could not take message ${growingItem.failedAt}: it had reached 400 KB.`,
    "The bound's worth: write units of a head of the bound's size, to the table and to the index of all attributes.",
    others.toString(),
    "Units as dynoxide counts them, by AWS's rules: a transaction doubles those of the table, not of the index.",
  ].join("\n");
}

const milestonesOf = ({ writeUnitsOfMessage }: Growth): readonly string[] =>
  writeUnitsOfMessage.map(({ message }) => message.toLocaleString("en-US"));

const unitsText = (units: number | null): string => (units === null ? "–" : String(units));
