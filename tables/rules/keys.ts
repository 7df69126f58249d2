import { attributeTypes, keyTypes, type AttributeType } from "../attributes";
import { itemProblems } from "../item";
import type { Candidate, Problem } from "./rule";

interface KeyUse {
  readonly where: string;
  readonly attribute: string;
}

function keyUses(table: Candidate): readonly KeyUse[] {
  const uses: { where: string; attribute: string | undefined }[] = [
    { where: "partition key", attribute: table.partitionKey },
    { where: "sort key", attribute: table.sortKey },
  ];
  for (const [name, index] of Object.entries(table.indexes)) {
    uses.push({ where: `partition key of ${name}`, attribute: index.partitionKey });
    uses.push({ where: `sort key of ${name}`, attribute: index.sortKey });
  }
  for (const [name, index] of Object.entries(table.localIndexes)) {
    uses.push({ where: `sort key of ${name}`, attribute: index.sortKey });
  }
  return uses.filter((use): use is KeyUse => use.attribute !== undefined);
}

export function* attributeTypesAreKnown({ attributes }: Candidate): Iterable<Problem> {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!attributeTypes.includes(attribute.type)) {
      yield {
        rule: "attribute-type",
        limit: `one of ${attributeTypes.join(", ")}`,
        value: `"${name}" of type ${attribute.type}`,
        remedy: "Declare it with a function of tables/attributes.ts.",
      };
    }
  }
}

export function* keysAreDeclaredScalars(table: Candidate): Iterable<Problem> {
  for (const { where, attribute } of keyUses(table)) {
    const declared = table.attributes[attribute];
    if (declared === undefined) {
      yield {
        rule: "key-attribute-missing",
        limit: "every key is a declared attribute",
        value: `"${attribute}" (${where})`,
        remedy: "Declare it under attributes.",
      };
    } else if (!isKeyType(declared.type)) {
      yield {
        rule: "key-attribute-type",
        limit: `a key is of type ${keyTypes.join(", ")}`,
        value: `"${attribute}" (${where}) of type ${declared.type}`,
        remedy: "Use a scalar attribute as the key.",
      };
    }
  }
}

/** An item without its primary key is refused, and so is NULL in any key; absent from an index it is left out. */
export function* keysAreAlwaysThere(table: Candidate): Iterable<Problem> {
  const primary = [table.partitionKey, table.sortKey];
  for (const { where, attribute } of keyUses(table)) {
    const { optional = false, nullable = false } = table.attributes[attribute] ?? {};
    if (nullable || (optional && primary.includes(attribute))) {
      yield {
        rule: "key-attribute-absent",
        limit: "a key is never null, and a key of the table never optional",
        value: `"${attribute}" (${where}), ${nullable ? "nullable" : "optional"}`,
        remedy: "Declare the attribute without that option.",
      };
    }
  }
}

/** AWS refuses a key schema that names one attribute twice. */
export function* partitionAndSortKeyDiffer(table: Candidate): Iterable<Problem> {
  const pairs = [
    { where: "the table", partitionKey: table.partitionKey, sortKey: table.sortKey },
    ...Object.entries(table.indexes).map(([name, index]) => ({ where: name, ...index })),
    ...Object.entries(table.localIndexes).map(([name, index]) => ({
      where: name,
      partitionKey: table.partitionKey,
      sortKey: index.sortKey,
    })),
  ];
  for (const { where, partitionKey, sortKey } of pairs) {
    if (partitionKey === sortKey) {
      yield {
        rule: "same-partition-and-sort-key",
        limit: "partition key and sort key are two attributes",
        value: `"${partitionKey}" as both, in ${where}`,
        remedy: "Leave the sort key out, or name another attribute.",
      };
    }
  }
}

/** AWS: "Using time to live": the attribute is a Number that holds seconds since 1970. */
export function* timeToLiveIsANumber({ timeToLive, attributes }: Candidate): Iterable<Problem> {
  if (timeToLive === undefined) return;
  if (!timeToLive.attribute) {
    yield {
      rule: "ttl-attribute-name",
      limit: "TTL names its attribute, also when it is being switched off",
      value: `"${timeToLive.attribute ?? ""}"`,
      remedy: "Keep the name with enabled: false for one deployment, then remove timeToLive.",
    };
    return;
  }
  const declared = attributes[timeToLive.attribute];
  if (declared?.type !== "N") {
    yield {
      rule: "ttl-attribute-type",
      limit: "the TTL attribute is a declared Number (N)",
      value: `"${timeToLive.attribute}" ${declared ? `of type ${declared.type}` : "(not declared)"}`,
      remedy: "Declare it with epochSeconds().",
    };
  }
  const days = timeToLive.retentionDays;
  if (days !== undefined && (!Number.isInteger(days) || days < 1)) {
    yield {
      rule: "ttl-retention",
      limit: "a whole number of days, at least 1",
      value: `${days}`,
      remedy: "Give the retention in days, or leave it out.",
    };
  }
}

export function* exampleIsAnItem(table: Candidate): Iterable<Problem> {
  for (const problem of itemProblems(table, table.example)) {
    yield {
      rule: "example-item",
      limit: "the example is an item that the table's attributes allow",
      value: problem,
      remedy: "Correct the example or the attribute.",
    };
  }
}

const isKeyType = (type: AttributeType): boolean => (keyTypes as readonly AttributeType[]).includes(type);
