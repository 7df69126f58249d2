/** Global indexes: AWS builds or removes one at a time, and queries of one that is gone fail. */

import type { Values } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableUpdates, text, type TableUpdate } from "../tables";
import { deployCommand, pages, twoSteps } from "../ways-out";

/** AWS: UpdateTable, "Only 1 online index can be created or deleted simultaneously". */
const atOnce = 1;

interface Index {
  readonly name: string;
  /** Its keys and its projection: what AWS cannot change of an index. */
  readonly shape: string;
}

interface IndexChanges {
  readonly added: readonly Index[];
  readonly removed: readonly Index[];
  /** Same name, another shape: Terraform removes and adds it. */
  readonly rebuilt: readonly Index[];
  /** Pairs of a removed and an added one of the same shape. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

export const severalIndexChanges: Rule = {
  id: "several-index-changes",
  title: "More than one global index of a table is added or removed",
  find: (plan) =>
    tableUpdates(plan).flatMap((update): readonly Finding[] => {
      const { added, removed, rebuilt, renamed } = indexChanges(update);
      // A rename alone, or a rebuilt index alone, has a reason of its own.
      const count = added.length + removed.length + rebuilt.length + renamed.length;
      if (count <= atOnce) return [];
      const parts = [
        ...namesOf("adds", [...added.map(({ name }) => name), ...renamed.map(({ to }) => to)]),
        ...namesOf("removes", [...removed.map(({ name }) => name), ...renamed.map(({ from }) => from)]),
        ...namesOf(
          "rebuilds",
          rebuilt.map(({ name }) => name),
        ),
      ];
      return [
        {
          subject: update.table,
          reason: `The plan ${parts.join(" and ")} of ${update.table}; AWS does ${atOnce} index at a time.`,
          wayOut: twoSteps(
            `keep one of these changes, ${deployCommand(plan)}, wait until the index is ACTIVE`,
            "the next one in the same way",
            pages.indexes,
          ),
        },
      ];
    }),
};

export const renamesIndex: Rule = {
  id: "renames-index",
  title: "A global index is renamed",
  find: (plan) =>
    tableUpdates(plan).flatMap((update) =>
      indexChanges(update).renamed.map(({ from, to }) => ({
        subject: update.table,
        reason:
          `The plan renames the index ${from} of ${update.table} to ${to}: AWS has no such change, ` +
          `so ${from} is removed, and queries fail until ${to} is built.`,
        wayOut: twoSteps(
          `add ${to} beside ${from}, ${deployCommand(plan)}, wait until it is ACTIVE, move the readers`,
          `remove ${from}, ${deployCommand(plan)}`,
          pages.indexes,
        ),
      })),
    ),
};

export const rebuildsIndex: Rule = {
  id: "rebuilds-index",
  title: "A global index changes its keys or its projection",
  find: (plan) =>
    tableUpdates(plan).flatMap((update) =>
      indexChanges(update).rebuilt.map(({ name }) => ({
        subject: update.table,
        reason:
          `The plan changes the keys or the projection of the index ${name} of ${update.table}: AWS has no such ` +
          "change, so it is removed and built again, and queries fail meanwhile.",
        wayOut: twoSteps(
          `add a second index, ${deployCommand(plan)}, wait until it is ACTIVE, move the readers`,
          `remove ${name}, ${deployCommand(plan)}`,
          pages.indexes,
        ),
      })),
    ),
};

function indexChanges({ before, after }: TableUpdate): IndexChanges {
  const [old, planned] = [indexesOf(before), indexesOf(after)];
  const has = (indexes: readonly Index[], name: string) => indexes.some((index) => index.name === name);
  const added = planned.filter(({ name }) => !has(old, name));
  const removed = old.filter(({ name }) => !has(planned, name));
  const rebuilt = planned.filter(({ name, shape }) =>
    old.some((index) => index.name === name && index.shape !== shape),
  );
  const renamed: { from: string; to: string }[] = [];
  for (const { name, shape } of removed) {
    const match = added.find(
      (index) => index.shape === shape && !renamed.some(({ to }) => to === index.name),
    );
    if (match !== undefined) renamed.push({ from: name, to: match.name });
  }
  return {
    added: added.filter(({ name }) => !renamed.some(({ to }) => to === name)),
    removed: removed.filter(({ name }) => !renamed.some(({ from }) => from === name)),
    rebuilt,
    renamed,
  };
}

const indexesOf = (values: Values): readonly Index[] =>
  blocks(values, "global_secondary_index").flatMap((index) => {
    const name = text(index["name"]);
    return name === undefined ? [] : [{ name, shape: shapeOf(index) }];
  });

/** The order of the projected attributes says nothing. */
function shapeOf(index: Values): string {
  const included = index["non_key_attributes"];
  return JSON.stringify([
    text(index["hash_key"]),
    text(index["range_key"]) ?? null,
    text(index["projection_type"]),
    Array.isArray(included) ? (included as readonly string[]).toSorted() : [],
  ]);
}

const namesOf = (what: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${what} the ${names.length === 1 ? "index" : "indexes"} ${names.join(", ")}`];
