/**
 * Every defective table that DynamoDB refuses, or accepts and does not do what it says. The provider's plan
 * lets fourteen of them through.
 */

import { string } from "../../tables/attributes";
import { onDemand, provisioned } from "../../tables/capacity";
import { defineSpoiled, refusal } from "../support/definition";

interface Defect {
  readonly defect: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly rule: string;
  readonly limit: string;
  readonly value: string;
}

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883";
const replicaKeyArn = keyArn.replace("us-east-1", "eu-west-1");
const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };
const ten = provisioned({ read: 10, write: 10 });
const indexes = (count: number, index: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`index-${n}`, index]));
const manyAttributes = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [`field_${n}`, string("Filler", { optional: true })]),
);
const keyAttributes = {
  conversation_id: string("Identifier"),
  user_id: string("Owner"),
  created_at: string("Beginning"),
};

const defects: readonly Defect[] = [
  {
    defect: "a key that is not a declared attribute",
    changes: { sortKey: "userid" },
    rule: "key-attribute-missing",
    limit: "every key is a declared attribute",
    value: `"userid" (sort key)`,
  },
  {
    defect: "a key of a type that DynamoDB has no keys of",
    changes: {
      attributes: { ...keyAttributes, user_id: { type: "BOOL", meaning: "Owner" } },
      example: { conversation_id: "c-1", user_id: true, created_at: "2025-12-30T14:00:00Z" },
    },
    rule: "key-attribute-type",
    limit: "a key is of type S, N, B",
    value: `"user_id" (sort key) of type BOOL`,
  },
  {
    defect: "an attribute of a type that DynamoDB does not know",
    changes: {
      attributes: { ...keyAttributes, title: { type: "VARCHAR", meaning: "Title", optional: true } },
    },
    rule: "attribute-type",
    limit: "one of S, N, B, BOOL, L, M, SS, NS, BS",
    value: `"title" of type VARCHAR`,
  },
  {
    defect: "an on-demand table with capacity units",
    changes: { capacity: { mode: "on-demand", read: 10, write: 10 } },
    rule: "on-demand-with-capacity",
    limit: "an on-demand table has no capacity units",
    value: "read: 10",
  },
  {
    defect: "a provisioned table without capacity units",
    changes: { capacity: { mode: "provisioned" } },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "undefined (read of the table)",
  },
  {
    defect: "a table without a capacity mode",
    changes: { capacity: { mode: "PAY_PER_REQUEST" } },
    rule: "capacity-mode",
    limit: "on-demand or provisioned",
    value: "PAY_PER_REQUEST",
  },
  {
    defect: "an index with capacity on an on-demand table",
    changes: { indexes: { "by-user": { ...byUser, capacity: { read: 5, write: 5 } } } },
    rule: "on-demand-with-index-capacity",
    limit: "an index of an on-demand table has no capacity of its own",
    value: `{"read":5,"write":5}, in by-user`,
  },
  {
    defect: "maximum request units on a provisioned table",
    changes: { capacity: { ...ten, maxReadUnits: 100 } },
    rule: "provisioned-with-on-demand-maximum",
    limit: "only an on-demand table has maximum request units",
    value: "maxReadUnits",
  },
  {
    defect: "a stream without a view type",
    changes: { stream: true },
    rule: "stream-view",
    limit: "KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES",
    value: "true",
  },
  {
    defect: "TTL without an attribute's name",
    changes: { timeToLive: { attribute: "" } },
    rule: "ttl-attribute-name",
    limit: "TTL names its attribute",
    value: `""`,
  },
  {
    defect: "TTL on a key of type S",
    changes: { timeToLive: { attribute: "user_id" } },
    rule: "ttl-attribute-type",
    limit: "a declared Number (N)",
    value: `"user_id" of type S`,
  },
  {
    defect: "TTL on an attribute that is not a number",
    changes: { timeToLive: { attribute: "created_at" } },
    rule: "ttl-attribute-type",
    limit: "a declared Number (N)",
    value: `"created_at" of type S`,
  },
  {
    defect: "TTL on an attribute that is not declared",
    changes: { timeToLive: { attribute: "expiresAt" } },
    rule: "ttl-attribute-type",
    limit: "a declared Number (N)",
    value: `"expiresAt" (not declared)`,
  },
  {
    defect: "a retention of no days",
    changes: { timeToLive: { attribute: "message_count", retentionDays: 0 } },
    rule: "ttl-retention",
    limit: "at least 1",
    value: "0",
  },
  {
    defect: "one attribute as partition and sort key",
    changes: { sortKey: "conversation_id" },
    rule: "same-partition-and-sort-key",
    limit: "two attributes",
    value: `"conversation_id" as both, in the table`,
  },
  {
    defect: "one attribute as both keys of an index",
    changes: { indexes: { "by-user": { ...byUser, sortKey: "user_id" } } },
    rule: "same-partition-and-sort-key",
    limit: "two attributes",
    value: `"user_id" as both, in by-user`,
  },
  {
    defect: "a table name of two characters",
    changes: { name: "cg" },
    rule: "table-name",
    limit: "3 to 255 characters",
    value: `"cg" (2 characters, in prod)`,
  },
  {
    defect: "a table name with other characters",
    changes: { name: "cg chatbot/conversations" },
    rule: "table-name",
    limit: "a-z, A-Z, 0-9, _ . and -",
    value: `"cg chatbot/conversations-dev"`,
  },
  {
    defect: "a table name that an environment makes too long",
    changes: { name: "c".repeat(250) },
    rule: "table-name",
    limit: "3 to 255 characters",
    value: "258 characters, in staging",
  },
  {
    defect: "an index name with other characters",
    changes: { indexes: { "by user": byUser } },
    rule: "index-name",
    limit: "3 to 255 characters",
    value: `"by user"`,
  },
  {
    defect: "point-in-time recovery over 99 days",
    changes: { recoveryDays: 99 },
    rule: "recovery-period",
    limit: "1 to 35 days",
    value: "99",
  },
  {
    defect: "an INCLUDE projection without attributes",
    changes: { indexes: { "by-user": { ...byUser, projection: { include: [] } } } },
    rule: "projection-without-attributes",
    limit: "at least 1 attribute",
    value: "0, in by-user",
  },
  {
    defect: "an ALL projection with attributes",
    changes: { indexes: { "by-user": { ...byUser, nonKeyAttributes: ["title"] } } },
    rule: "projection-with-attributes",
    limit: "projection ALL takes no attributes",
    value: "nonKeyAttributes beside it, in by-user",
  },
  {
    defect: "a projection of an attribute that is not declared",
    changes: { indexes: { "by-user": { ...byUser, projection: { include: ["subject"] } } } },
    rule: "projection-attribute",
    limit: "declared attributes beside the keys, each once",
    value: `"subject" is not declared, in by-user`,
  },
  {
    defect: "a projection of a key",
    changes: { indexes: { "by-user": { ...byUser, projection: { include: ["conversation_id"] } } } },
    rule: "projection-attribute",
    limit: "declared attributes beside the keys, each once",
    value: `"conversation_id" is a key`,
  },
  {
    defect: "a projection that names an attribute twice",
    changes: { indexes: { "by-user": { ...byUser, projection: { include: ["title", "title"] } } } },
    rule: "projection-attribute",
    limit: "each once",
    value: `"title" stands twice`,
  },
  {
    defect: "more than 100 projected attributes, where two indexes count one attribute twice",
    changes: {
      attributes: { ...keyAttributes, ...manyAttributes },
      indexes: indexes(2, { ...byUser, projection: { include: Object.keys(manyAttributes) } }),
    },
    rule: "projected-attribute-count",
    limit: "at most 100",
    value: "120",
  },
  {
    defect: "an index name that a global and a local index share",
    changes: {
      indexes: { "by-time": byUser },
      localIndexes: { "by-time": { sortKey: "created_at", projection: "ALL" } },
    },
    rule: "index-name-twice",
    limit: "used once, over global and local indexes",
    value: `"by-time" as both`,
  },
  {
    defect: "21 global indexes",
    changes: { indexes: indexes(21, byUser) },
    rule: "global-index-count",
    limit: "at most 20",
    value: "21",
  },
  {
    defect: "6 local indexes",
    changes: { localIndexes: indexes(6, { sortKey: "created_at", projection: "ALL" }) },
    rule: "local-index-count",
    limit: "at most 5",
    value: "6",
  },
  {
    defect: "a local index on a table without a sort key",
    changes: {
      sortKey: undefined,
      localIndexes: { "by-time": { sortKey: "created_at", projection: "ALL" } },
    },
    rule: "local-index-without-sort-key",
    limit: "only a table with a sort key has local indexes",
    value: `"by-time"`,
  },
  {
    defect: "a replica without a full stream",
    changes: { stream: "KEYS_ONLY", replicas: [{ region: "eu-west-1", kmsKeyArn: replicaKeyArn }] },
    rule: "replica-stream",
    limit: "NEW_AND_OLD_IMAGES",
    value: "KEYS_ONLY",
  },
  {
    defect: "two replicas in one region",
    changes: {
      stream: "NEW_AND_OLD_IMAGES",
      replicas: [
        { region: "eu-west-1", kmsKeyArn: replicaKeyArn },
        { region: "eu-west-1", kmsKeyArn: replicaKeyArn },
      ],
    },
    rule: "replica-region-twice",
    limit: "one replica a region",
    value: "eu-west-1",
  },
  {
    defect: "a key that is not an ARN",
    changes: { kmsKeyArn: "d79b93e0-6a66-43f9-95ea-6d095d3bd883" },
    rule: "kms-key-arn",
    limit: "a key is named by its ARN",
    value: `"d79b93e0-6a66-43f9-95ea-6d095d3bd883" (kmsKeyArn)`,
  },
  {
    defect: "an alias ARN as the key",
    changes: { kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:alias/conversations" },
    rule: "kms-alias",
    limit: "a key is named by its ARN",
    value: "alias/conversations",
  },
  {
    defect: "an alias name as the key",
    changes: { kmsKeyArn: "alias/aws/dynamodb" },
    rule: "kms-alias",
    limit: "a key is named by its ARN",
    value: "alias/aws/dynamodb",
  },
  {
    defect: "a replica's key in another region",
    changes: {
      stream: "NEW_AND_OLD_IMAGES",
      replicas: [{ region: "eu-west-1", kmsKeyArn: keyArn }],
    },
    rule: "kms-key-region",
    limit: "in the table's region",
    value: "a key of us-east-1 (replica in eu-west-1)",
  },
  {
    defect: "autoscaling on an on-demand table",
    changes: { capacity: { mode: "on-demand", autoscaling: { max: 100, targetUtilization: 70 } } },
    rule: "on-demand-with-autoscaling",
    limit: "nothing to scale",
    value: `autoscaling: {"max":100,"targetUtilization":70}`,
  },
  {
    defect: "capacity beyond the quota",
    changes: { capacity: provisioned({ read: 50_000, write: 10 }) },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "50000 (read of the table)",
  },
  {
    defect: "an index with half a unit",
    changes: {
      capacity: ten,
      indexes: { "by-user": { ...byUser, capacity: { read: 0.5, write: 5 } } },
    },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "0.5 (read of by-user)",
  },
  {
    defect: "an on-demand maximum of nothing",
    changes: { capacity: onDemand({ maxWriteUnits: 0 }) },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "0 (maxWriteUnits)",
  },
  {
    defect: "an autoscaling maximum below the units",
    changes: {
      capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 5, targetUtilization: 70 } }),
    },
    rule: "autoscaling-range",
    limit: "at least the provisioned units, 10",
    value: "5, in the table",
  },
  {
    defect: "an autoscaling target of 95 percent",
    changes: {
      capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 100, targetUtilization: 95 } }),
    },
    rule: "autoscaling-target",
    limit: "20 to 90 percent",
    value: "95, in the table",
  },
  {
    defect: "a tag that AWS reserves",
    changes: { tags: { "aws:owner": "platform" } },
    rule: "tag",
    limit: "does not begin with aws:",
    value: `key "aws:owner"`,
  },
  {
    defect: "51 tags",
    changes: { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`Tag${n}`, "x"])) },
    rule: "tag-count",
    limit: "at most 50",
    value: "51",
  },
  {
    defect: "an id that is not kebab-case",
    changes: { id: "Conversations_Table" },
    rule: "table-id",
    limit: "kebab-case",
    value: `"Conversations_Table"`,
  },
  {
    defect: "an example that is no item of the table",
    changes: { example: { conversation_id: "c-1", user_id: 7, created_at: "2025-12-30T14:00:00Z" } },
    rule: "example-item",
    limit: "an item that the table's attributes allow",
    value: "user_id must be of type S",
  },
];

describe("defineTable refuses", () => {
  it.each(defects)("$defect", ({ changes, rule, limit, value }) => {
    const message = refusal(changes);
    const table = typeof changes["id"] === "string" ? changes["id"] : "conversations";
    expect(message).toContain(`Table "${table}" is defective`);
    const line = message.split("\n").find((text) => text.startsWith(`  ${rule}: `));
    expect(line).toContain(limit);
    expect(line).toContain(value);
  });

  it("a table with several defects, and names all of them at once", () => {
    const message = refusal({ name: "cg", recoveryDays: 0, sortKey: "userid" });
    expect(message).toContain("table-name");
    expect(message).toContain("recovery-period");
    expect(message).toContain("key-attribute-missing");
  });

  it("nothing about the sound table that the others are spoiled from", () => {
    expect(defineSpoiled({}).name).toBe("cg-chatbot-conversations");
  });
});

describe("what other tools have to check cannot be written here", () => {
  it("an attribute that no key uses is documented, not declared to AWS", () => {
    const spec = defineSpoiled({});
    expect(Object.keys(spec.attributes)).toContain("title");
  });

  it("an index of a provisioned table takes the table's capacity when it has none", () => {
    const spec = defineSpoiled({ capacity: ten, indexes: { "by-user": byUser } });
    expect(spec.indexes["by-user"]?.capacity).toEqual({ mode: "provisioned", read: 10, write: 10 });
  });

  it("an index scales as its table does unless it says otherwise", () => {
    const autoscaling = { max: 100, targetUtilization: 70 };
    const spec = defineSpoiled({
      capacity: provisioned({ read: 10, write: 10, autoscaling }),
      indexes: { "by-user": { ...byUser, capacity: { read: 5, write: 5 } } },
    });
    expect(spec.indexes["by-user"]?.capacity).toEqual({
      mode: "provisioned",
      read: 5,
      write: 5,
      autoscaling,
    });
  });
});
