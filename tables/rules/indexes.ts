import type { Candidate, CandidateIndex, Problem } from "./rule";

/** AWS: "Service, account, and table quotas". */
const maxGlobalIndexes = 20;
const maxLocalIndexes = 5;
/** Summed over all indexes; an attribute that two of them include counts twice (AWS: CreateTable, Projection). */
const maxProjectedAttributes = 100;

export function* indexCountsAreAllowed({ indexes, localIndexes }: Candidate): Iterable<Problem> {
  const globalCount = Object.keys(indexes).length;
  const localCount = Object.keys(localIndexes).length;
  if (globalCount > maxGlobalIndexes) {
    yield {
      rule: "global-index-count",
      limit: `at most ${maxGlobalIndexes} global secondary indexes`,
      value: `${globalCount}`,
      remedy: "Serve several queries from one index.",
    };
  }
  if (localCount > maxLocalIndexes) {
    yield {
      rule: "local-index-count",
      limit: `at most ${maxLocalIndexes} local secondary indexes`,
      value: `${localCount}`,
      remedy: "Make some of them global.",
    };
  }
}

export function* indexNamesAreUnique({ indexes, localIndexes }: Candidate): Iterable<Problem> {
  for (const name of Object.keys(localIndexes)) {
    if (name in indexes) {
      yield {
        rule: "index-name-twice",
        limit: "an index name is used once, over global and local indexes",
        value: `"${name}" as both`,
        remedy: "Rename one of them.",
      };
    }
  }
}

export function* localIndexesNeedASortKey({ localIndexes, sortKey }: Candidate): Iterable<Problem> {
  const names = Object.keys(localIndexes);
  if (names.length > 0 && sortKey === undefined) {
    yield {
      rule: "local-index-without-sort-key",
      limit: "only a table with a sort key has local indexes",
      value: names.map((name) => `"${name}"`).join(", "),
      remedy: "Give the table a sort key, or make the index global.",
    };
  }
}

export function* projectionsAreWhole(table: Candidate): Iterable<Problem> {
  for (const [name, index] of [...Object.entries(table.indexes), ...Object.entries(table.localIndexes)]) {
    yield* projectionProblems(name, index, table);
  }
}

function* projectionProblems(
  name: string,
  index: Pick<CandidateIndex, "sortKey" | "projection"> & { readonly partitionKey?: string },
  table: Candidate,
): Iterable<Problem> {
  const { projection } = index;
  if (projection === "ALL" || projection === "KEYS_ONLY") {
    const stray = ["include", "nonKeyAttributes"].find((property) => property in index);
    if (stray !== undefined) {
      yield {
        rule: "projection-with-attributes",
        limit: `projection ${projection} takes no attributes`,
        value: `${stray} beside it, in ${name}`,
        remedy: "Write projection: { include: [...] }, or drop the list.",
      };
    }
    return;
  }
  const included = projection?.include ?? [];
  if (included.length === 0) {
    yield {
      rule: "projection-without-attributes",
      limit: "an INCLUDE projection names at least 1 attribute",
      value: `0, in ${name}`,
      remedy: "Name the attributes, or project KEYS_ONLY.",
    };
    return;
  }
  const keys = [table.partitionKey, table.sortKey, index.partitionKey, index.sortKey];
  const seen = new Set<string>();
  for (const attribute of included) {
    const wrong = !(attribute in table.attributes)
      ? "is not declared"
      : keys.includes(attribute)
        ? "is a key, which every index holds already"
        : seen.has(attribute)
          ? "stands twice"
          : undefined;
    seen.add(attribute);
    if (wrong !== undefined) {
      yield {
        rule: "projection-attribute",
        limit: "an INCLUDE projection names declared attributes beside the keys, each once",
        value: `"${attribute}" ${wrong}, in ${name}`,
        remedy: "Take it out of the projection.",
      };
    }
  }
}

export function* projectedAttributesAreFew({ indexes, localIndexes }: Candidate): Iterable<Problem> {
  const count = [...Object.values(indexes), ...Object.values(localIndexes)]
    .map(({ projection }) => (typeof projection === "object" ? (projection.include?.length ?? 0) : 0))
    .reduce((sum, length) => sum + length, 0);
  if (count > maxProjectedAttributes) {
    yield {
      rule: "projected-attribute-count",
      limit: `at most ${maxProjectedAttributes} included attributes over all indexes, counted once an index`,
      value: `${count}`,
      remedy: "Project ALL where most attributes are included.",
    };
  }
}
