/** The reference page of the tables, from their specs. */

import type { Attribute } from "../../tables/attributes";
import type { Capacity } from "../../tables/capacity";
import { environmentNames, tableName } from "../../tables/naming";
import type { Projection, TableSpec } from "../../tables/table-spec";

export function tableReference(tables: readonly TableSpec[]): string {
  return [
    "# Tables",
    "Written from `tables/` by `npm run docs:tables`; a test holds the two together.",
    ...tables.map(section),
    "",
  ].join("\n\n");
}

function section(spec: TableSpec): string {
  return [
    `## ${spec.id}`,
    `${spec.purpose} System \`${spec.system}\`, requirement document \`${spec.requirement}\`.`,
    markdownTable(
      ["environment", "name"],
      environmentNames.map((environment) => [environment, `\`${tableName(spec, environment)}\``]),
    ),
    facts(spec),
    markdownTable(
      ["attribute", "type", "meaning"],
      Object.entries(spec.attributes).map(([name, attribute]) => [
        `\`${name}\``,
        describeType(attribute),
        describeMeaning(attribute),
      ]),
    ),
    `An item:\n\n\`\`\`json\n${JSON.stringify(spec.example, plainJson, 2)}\n\`\`\``,
  ].join("\n\n");
}

function facts(spec: TableSpec): string {
  const indexes = Object.entries(spec.indexes).map(
    ([name, index]) =>
      `- Index \`${name}\`: ${describeKeys(index.partitionKey, index.sortKey)}, ` +
      `projects ${describeProjection(index.projection)}, ${describeCapacity(index.capacity)}.`,
  );
  const ttl = spec.timeToLive;
  return [
    `- Keys: ${describeKeys(spec.partitionKey, spec.sortKey)}.`,
    `- Capacity: ${describeCapacity(spec.capacity)}.`,
    ...indexes,
    ...(ttl
      ? [`- TTL on \`${ttl.attribute}\`${ttl.retentionDays ? `, ${ttl.retentionDays} days` : ""}.`]
      : []),
    ...(spec.stream ? [`- Stream: ${spec.stream}.`] : []),
    `- Point-in-time recovery over ${spec.recoveryDays} days.`,
  ].join("\n");
}

/** JSON has neither big integers nor bytes. */
function plainJson(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

const describeKeys = (partitionKey: string, sortKey: string | undefined): string =>
  `partition key \`${partitionKey}\`${sortKey ? `, sort key \`${sortKey}\`` : ""}`;

const describeProjection = (projection: Projection): string =>
  typeof projection === "string"
    ? projection
    : `keys and ${projection.include.map((name) => `\`${name}\``).join(", ")}`;

function describeCapacity(capacity: Capacity): string {
  switch (capacity.mode) {
    case "on-demand":
      return "on-demand";
    case "provisioned": {
      const { read, write, autoscaling } = capacity;
      const scaled = autoscaling
        ? `, autoscaled to ${autoscaling.max} at ${autoscaling.targetUtilization} %`
        : "";
      return `provisioned, ${read} read and ${write} write units${scaled}`;
    }
  }
}

const describeType = ({ type, format, optional, nullable }: Attribute): string =>
  [type, format, optional && "optional", nullable && "nullable"].filter(Boolean).join(", ");

const describeMeaning = ({ meaning, values, requirement }: Attribute): string =>
  [
    meaning,
    values && `One of ${values.map((value) => `\`${value}\``).join(", ")}`,
    requirement && `Document \`${requirement}\``,
  ]
    .filter(Boolean)
    .join(". ");

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
