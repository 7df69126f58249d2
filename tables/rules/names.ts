import { environmentNames, tableName } from "../naming";
import type { Candidate, Problem } from "./rule";

/** AWS: "Naming rules", for tables and indexes alike. */
const allowedName = /^[a-zA-Z0-9_.-]{3,255}$/;
const nameLimit = "3 to 255 characters of a-z, A-Z, 0-9, _ . and -";

/** AWS allows 50; the stack adds four of its own (stacks/naming.ts, defaultTags). */
const maxTags = 46;
/** AWS: "Tagging restrictions in DynamoDB", allowed characters. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const maxTagKey = 128;
const maxTagValue = 256;

export function* idIsKebabCase({ id }: Candidate): Iterable<Problem> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    yield {
      rule: "table-id",
      limit: "an id is kebab-case, since it is the Terraform logical id",
      value: `"${id}"`,
      remedy: "Name it as its file is named.",
    };
  }
}

/** Checked as every environment spells it: the suffix counts. */
export function* tableNameIsAllowed(table: Candidate): Iterable<Problem> {
  for (const environment of environmentNames) {
    const name = tableName(table, environment);
    if (!allowedName.test(name)) {
      yield {
        rule: "table-name",
        limit: nameLimit,
        value: `"${name}" (${name.length} characters, in ${environment})`,
        remedy: "Choose a name that fits in every environment.",
      };
      return;
    }
  }
}

export function* indexNamesAreAllowed({ indexes, localIndexes }: Candidate): Iterable<Problem> {
  for (const name of [...Object.keys(indexes), ...Object.keys(localIndexes)]) {
    if (!allowedName.test(name)) {
      yield {
        rule: "index-name",
        limit: nameLimit,
        value: `"${name}" (${name.length} characters)`,
        remedy: "Rename the index before it is first deployed.",
      };
    }
  }
}

export function* tagsAreAllowed({ tags }: Candidate): Iterable<Problem> {
  const entries = Object.entries(tags);
  if (entries.length > maxTags) {
    yield {
      rule: "tag-count",
      limit: `at most ${maxTags} tags`,
      value: `${entries.length}`,
      remedy: "Drop those that the stack's default tags already say.",
    };
  }
  for (const [key, value] of entries) {
    const isTooLong = key.length > maxTagKey || value.length > maxTagValue;
    if (key.length === 0 || isTooLong || /^aws:/i.test(key) || !tagText.test(key + value)) {
      yield {
        rule: "tag",
        limit:
          `a key of 1 to ${maxTagKey} characters that does not begin with aws:, a value of at most ` +
          `${maxTagValue}, both of letters, digits, spaces and _ . : / = + - @`,
        value: `key "${key}", value "${value.slice(0, 40)}" of ${value.length} characters`,
        remedy: "Shorten or rename the tag.",
      };
    }
  }
}
