import { string } from "../../../tables/attributes";
import { describeDefects } from "../../support/definition";

const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };
const keyAttributes = {
  conversation_id: string("Identifier"),
  user_id: string("Owner"),
  created_at: string("Beginning"),
};

describeDefects("keys, TTL and the example", [
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
      attributes: { ...keyAttributes, title: { type: "VARCHAR", meaning: "Title" } },
      example: {
        conversation_id: "c-1",
        user_id: "demo",
        created_at: "2025-12-30T14:00:00Z",
        title: "4K Renders Search",
      },
    },
    rule: "attribute-type",
    limit: "one of S, N, B, BOOL, L, M",
    value: `"title" of type VARCHAR`,
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
    defect: "an example that is no item of the table",
    changes: { example: { conversation_id: "c-1", user_id: 7, created_at: "2025-12-30T14:00:00Z" } },
    rule: "example-item",
    limit: "an item that the table's attributes allow",
    value: "user_id must be of type S",
  },
  {
    defect: "a key of the table that an item may lack",
    changes: { attributes: { ...keyAttributes, user_id: string("Owner", { optional: true }) } },
    rule: "key-attribute-absent",
    limit: "a key of the table never optional",
    value: `"user_id" (sort key), optional`,
  },
  {
    defect: "a key of an index that may be null",
    changes: {
      attributes: { ...keyAttributes, title: string("Title", { optional: true, nullable: true }) },
      indexes: { "by-title": { partitionKey: "title", projection: "ALL" } },
    },
    rule: "key-attribute-absent",
    limit: "a key is never null",
    value: `"title" (partition key of by-title), nullable`,
  },
]);
