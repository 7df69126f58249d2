import fc from "fast-check";
import type { RuleId } from "../../../scripts/lib/guard/verdict";
import { refusing, tableUpdate } from "../../support/planned-changes";

interface Index {
  readonly name: string;
  readonly hash_key: string;
  readonly range_key: string | null;
  readonly projection_type: string;
  readonly non_key_attributes: readonly string[] | null;
}

const index: fc.Arbitrary<Index> = fc.record({
  name: fc.constantFrom("job-index", "location-index", "skill-index", "rating-index", "time-index"),
  hash_key: fc.constantFrom("job", "location"),
  range_key: fc.constantFrom(null, "created_at"),
  projection_type: fc.constant("INCLUDE"),
  non_key_attributes: fc.subarray(["name", "rating"]),
});
const indexes = fc.uniqueArray(index, { selector: ({ name }) => name });

const refused = (before: readonly Index[], after: readonly Index[]): readonly RuleId[] =>
  refusing(
    tableUpdate(
      { global_secondary_index: [...before] as never },
      { global_secondary_index: [...after] as never },
    ),
  );

const shape = ({ hash_key, range_key, non_key_attributes }: Index): string =>
  JSON.stringify([hash_key, range_key, [...(non_key_attributes ?? [])].sort()]);
const names = (list: readonly Index[]) => list.map(({ name }) => name);
const without = (list: readonly Index[], others: readonly Index[]) =>
  list.filter(({ name }) => !names(others).includes(name));

describe("the rules of global indexes", () => {
  it("let through one index added or removed, and refuse every other change of them", () => {
    fc.assert(
      fc.property(indexes, indexes, (before, after) => {
        const moves = without(before, after).length + without(after, before).length;
        const rebuilt = after.filter((one) =>
          before.some((old) => old.name === one.name && shape(old) !== shape(one)),
        ).length;
        const isAllowed = rebuilt === 0 && moves <= 1;
        expect(refused(before, after).length === 0).toBe(isAllowed);
      }),
      { numRuns: 500 },
    );
  });

  it("call it a rename only when an index of the same keys and projection goes", () => {
    fc.assert(
      fc.property(indexes, indexes, (before, after) => {
        const gone = new Set(without(before, after).map(shape));
        const isRename = without(after, before).some((one) => gone.has(shape(one)));
        expect(refused(before, after).includes("renames-index")).toBe(isRename);
      }),
      { numRuns: 500 },
    );
  });

  it("do not mind the order of indexes, of projected attributes, nor how the provider writes none", () => {
    fc.assert(
      fc.property(indexes, (before) => {
        const after = before.toReversed().map((one) => ({
          ...one,
          range_key: one.range_key ?? "",
          non_key_attributes: one.non_key_attributes?.toReversed() ?? null,
        }));
        expect(refused(before, after)).toEqual([]);
      }),
    );
  });

  it("gives a rename a reason of its own", () => {
    const named = (name: string): Index => ({
      name,
      hash_key: "job",
      range_key: null,
      projection_type: "ALL",
      non_key_attributes: null,
    });
    expect(refused([named("job-index")], [named("role-index")])).toEqual(["renames-index"]);
  });
});
