import { string } from "../../../tables/attributes";
import { describeDefects } from "../../support/definition";

const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };
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

describeDefects("indexes and projections", [
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
]);
