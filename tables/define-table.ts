import type { Attributes } from "./attributes";
import type { Capacity } from "./capacity";
import { capacityFitsItsMode } from "./rules/capacity";
import {
  indexCountsAreAllowed,
  indexNamesAreUnique,
  localIndexesNeedASortKey,
  projectedAttributesAreFew,
  projectionsAreWhole,
} from "./rules/indexes";
import {
  attributeTypesAreKnown,
  exampleIsAnItem,
  keysAreAlwaysThere,
  keysAreDeclaredScalars,
  partitionAndSortKeyDiffer,
  timeToLiveIsANumber,
} from "./rules/keys";
import { idIsKebabCase, indexNamesAreAllowed, tableNameIsAllowed, tagsAreAllowed } from "./rules/names";
import { propertiesAreKnown } from "./rules/properties";
import type { Candidate, CandidateIndex, Problem, Rule } from "./rules/rule";
import {
  keysAreNamedByArn,
  recoveryPeriodIsAllowed,
  replicasNeedAFullStream,
  streamHasAView,
} from "./rules/settings";
import { systemOf } from "./systems";
import type { GlobalIndexDefinition, LocalIndexDefinition, TableDefinition, TableSpec } from "./table-spec";

const rules: readonly Rule[] = [
  idIsKebabCase,
  tableNameIsAllowed,
  indexNamesAreAllowed,
  tagsAreAllowed,
  attributeTypesAreKnown,
  keysAreDeclaredScalars,
  keysAreAlwaysThere,
  partitionAndSortKeyDiffer,
  timeToLiveIsANumber,
  indexCountsAreAllowed,
  indexNamesAreUnique,
  localIndexesNeedASortKey,
  projectionsAreWhole,
  projectedAttributesAreFew,
  capacityFitsItsMode,
  streamHasAView,
  recoveryPeriodIsAllowed,
  keysAreNamedByArn,
  replicasNeedAFullStream,
  exampleIsAnItem,
  propertiesAreKnown,
];

/** AWS's own default, and the most that it keeps. */
const defaultRecoveryDays = 35;

/** A table that DynamoDB would refuse, or would accept and not do what it says. */
export class TableDefinitionError extends Error {
  override readonly name = "TableDefinitionError";

  constructor(
    readonly table: string,
    readonly problems: readonly Problem[],
  ) {
    const lines = problems.map(
      ({ rule, limit, value, remedy }) => `  ${rule}: ${limit}; found ${value}. ${remedy}`,
    );
    super(`Table "${table}" is defective:\n${lines.join("\n")}`);
  }
}

/**
 * Declares a table. What the types cannot hold is refused here, before any plan: the provider accepts many
 * tables that AWS refuses at apply.
 *
 * @throws TableDefinitionError that lists every problem with its rule, limit, value and remedy.
 */
export function defineTable<
  const A extends Attributes,
  const C extends Capacity,
  const G extends Readonly<Record<string, GlobalIndexDefinition<A, C>>> = Record<never, never>,
  const L extends Readonly<Record<string, LocalIndexDefinition<A>>> = Record<never, never>,
>(
  definition: TableDefinition<A, C, G, L>,
): TableSpec<keyof A & string, keyof G & string, keyof L & string> & { readonly capacity: C } {
  const candidate: Candidate = {
    ...definition,
    indexes: definition.indexes ?? {},
    localIndexes: definition.localIndexes ?? {},
    recoveryDays: definition.recoveryDays ?? defaultRecoveryDays,
    keyArns: definition.keyArns ?? {},
    replicas: definition.replicas ?? [],
    tags: definition.tags ?? {},
  };
  const problems = rules.flatMap((rule) => [...rule(candidate)]);
  if (problems.length > 0) throw new TableDefinitionError(definition.id, problems);

  // The rules have held what the erased view lost: names are declared attributes again.
  return deepFreeze({
    ...candidate,
    system: systemOf(candidate.requirement),
    indexes: mapValues(candidate.indexes, (index) => ({
      ...index,
      capacity: indexCapacity(candidate.capacity, index),
    })),
    ...(candidate.timeToLive && { timeToLive: { enabled: true, ...candidate.timeToLive } }),
  }) as unknown as ReturnType<typeof defineTable<A, C, G, L>>;
}

/** An index scales as its table does unless it says otherwise. */
function indexCapacity(table: Capacity, index: CandidateIndex): Capacity {
  return table.mode === "on-demand" ? table : { ...table, ...index.capacity };
}

function mapValues<V, W>(
  record: Readonly<Record<string, V>>,
  change: (value: V) => W,
): Readonly<Record<string, W>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function deepFreeze<T>(value: T): T {
  // Bytes cannot be frozen.
  const isFreezable = typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
  if (isFreezable && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
