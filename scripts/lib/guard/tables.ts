/** A plan's changes of tables, as the rules read them. */

import type { Json, PlannedChange, PlannedStack, Values } from "../plan/planned-stack";

export interface TableChange extends PlannedChange {
  readonly type: "aws_dynamodb_table";
  /** The physical name, before the change where it is another. */
  readonly table: string;
}

/** A change of a table that is there and stays. */
export interface TableUpdate extends TableChange {
  readonly action: "update";
  readonly before: Values;
  readonly after: Values;
}

export const tableChanges = ({ changes }: PlannedStack): readonly TableChange[] =>
  changes.flatMap((change) =>
    change.type === "aws_dynamodb_table"
      ? [
          {
            ...change,
            type: change.type,
            table: text(change.before?.["name"] ?? change.after?.["name"]) ?? change.address,
          },
        ]
      : [],
  );

export const tableUpdates = (plan: PlannedStack): readonly TableUpdate[] =>
  tableChanges(plan).flatMap((change) => {
    const { action, before, after } = change;
    return action === "update" && before && after ? [{ ...change, action, before, after }] : [];
  });

export const text = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The blocks of a name: the provider writes none as null, as an empty list, or not at all. */
export const blocks = (values: Values | undefined, name: string): readonly Values[] => {
  const value = values?.[name];
  return Array.isArray(value) ? (value as readonly Json[]).filter(isValues) : [];
};

export const isValues = (value: Json | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
