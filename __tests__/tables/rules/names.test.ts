import { describeDefects } from "../../support/definition";

const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };

describeDefects("names and tags", [
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
    defect: "a tag that AWS reserves",
    changes: { tags: { "aws:owner": "platform" } },
    rule: "tag",
    limit: "does not begin with aws:",
    value: `key "aws:owner"`,
  },
  {
    defect: "47 tags, which the stack's own four make 51",
    changes: { tags: Object.fromEntries(Array.from({ length: 47 }, (_, n) => [`Tag${n}`, "x"])) },
    rule: "tag-count",
    limit: "at most 46",
    value: "47",
  },
  {
    defect: "an id that is not kebab-case",
    changes: { id: "Conversations_Table" },
    rule: "table-id",
    limit: "kebab-case",
    value: `"Conversations_Table"`,
  },
  {
    defect: "a tag with characters that AWS does not take",
    changes: { tags: { Team: "R&D" } },
    rule: "tag",
    limit: "letters, digits, spaces and _ . : / = + - @",
    value: `key "Team", value "R&D"`,
  },
]);
