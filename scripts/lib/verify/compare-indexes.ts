import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  Projection as LiveProjection,
  TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { Projection, TableSpec } from "../../../tables/table-spec";
import { compare, declared, undeclared, unknown, type Difference } from "./finding";

/** What global and local indexes have in common, and the readiness that only global ones report. */
type LiveIndex = LocalSecondaryIndexDescription &
  Pick<GlobalSecondaryIndexDescription, "IndexStatus" | "Backfilling">;

interface ExpectedIndex {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly projection: Projection;
}

/** Indexes that are missing, different, not ready, or that nobody declared. */
export function indexDifferences(spec: TableSpec, live: TableDescription): readonly Difference[] {
  const local = Object.entries(spec.localIndexes).map(
    ([name, index]) => [name, { partitionKey: spec.partitionKey, ...index }] as const,
  );
  return [
    ...compareFamily("indexes", Object.entries(spec.indexes), live.GlobalSecondaryIndexes ?? []),
    ...compareFamily("localIndexes", local, live.LocalSecondaryIndexes ?? []),
  ];
}

function compareFamily(
  family: "indexes" | "localIndexes",
  expected: readonly (readonly [string, ExpectedIndex])[],
  live: readonly LiveIndex[],
): readonly Difference[] {
  const names = new Set(expected.map(([name]) => name));
  return [
    ...expected.flatMap(([name, index]) => {
      const found = live.find(({ IndexName }) => IndexName === name);
      const path = `${family}.${name}`;
      if (found === undefined) {
        return [
          declared(path, describeKeys(index), "absent", "Deploy the table's stack; AWS fills the index."),
        ];
      }
      return [...compareIndex(path, index, found), ...(family === "indexes" ? readiness(path, found) : [])];
    }),
    ...live
      .filter(({ IndexName = "" }) => !names.has(IndexName))
      .map(({ IndexName }) =>
        undeclared(`${family}.${IndexName}`, "present", "Declare the index in the spec, or delete it."),
      ),
  ];
}

function compareIndex(path: string, expected: ExpectedIndex, live: LiveIndex): readonly Difference[] {
  const remedy = "An index cannot be changed: declare a second one, move the readers, drop the first.";
  const key = (type: "HASH" | "RANGE") =>
    live.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName ?? "absent";
  return [
    ...compare(`${path}.partitionKey`, expected.partitionKey, key("HASH"), remedy),
    ...compare(`${path}.sortKey`, expected.sortKey ?? "absent", key("RANGE"), remedy),
    ...compare(
      `${path}.projection`,
      describeProjection(expected.projection),
      describeLiveProjection(live.Projection),
      remedy,
    ),
  ];
}

/** A local index is ready when its table is. One that AWS is still filling is neither right nor wrong. */
function readiness(path: string, { IndexStatus, Backfilling }: LiveIndex): readonly Difference[] {
  if (IndexStatus === "ACTIVE" && !Backfilling) return [];
  const actual = `${IndexStatus ?? "absent"}${Backfilling ? ", backfilling" : ""}`;
  if (IndexStatus === "DELETING") return [declared(`${path}.status`, "ACTIVE", actual)];
  return [
    unknown(
      `${path}.status`,
      "ACTIVE",
      actual,
      "Wait until AWS has finished with the index, then verify again.",
    ),
  ];
}

const describeKeys = ({ partitionKey, sortKey }: ExpectedIndex): string =>
  [partitionKey, sortKey].filter(Boolean).join(", ");

/** A set: AWS keeps no order of the attributes. */
const include = (names: readonly string[]): string => `INCLUDE ${[...names].sort().join(", ")}`;

const describeProjection = (projection: Projection): string =>
  typeof projection === "string" ? projection : include(projection.include);

function describeLiveProjection(projection: LiveProjection | undefined): string {
  const type = projection?.ProjectionType ?? "absent";
  return type === "INCLUDE" ? include(projection?.NonKeyAttributes ?? []) : type;
}
