/** The provisioned capacity that a stack's tables have on one side of a plan. */

import type { Json, Values } from "../plan/planned-stack";
import { blocks, type Resource } from "./fixed";
import { times, sum, type Dollars } from "./money";
import { hoursPerMonth, prices, pricedTableClass } from "./prices";

/** A month's fixed part, and what it may grow to when autoscaling is at its maximum all month. */
export interface Range {
  readonly least: Dollars;
  readonly most: Dollars;
}

export type Billing = "on-demand" | "provisioned" | "not priced";

export interface TableCost {
  readonly billing: Billing;
  readonly range: Range;
  readonly isRecoverable: boolean;
}

interface Scaling {
  readonly least: number;
  readonly most: number;
}

/** By the physical names of tables. */
export function tableCosts(resources: readonly Resource[]): ReadonlyMap<string, TableCost> {
  const scalings = scalingsOf(resources);
  return new Map(
    resources
      .filter(({ type }) => type === "aws_dynamodb_table")
      .map(({ values }) => [textOf(values["name"]), tableCost(values, scalings)]),
  );
}

function tableCost(table: Values, scalings: ReadonlyMap<string, Scaling>): TableCost {
  const [recovery] = blocks(table["point_in_time_recovery"]);
  const billing = billingOf(table);
  return {
    billing,
    range: billing === "provisioned" ? provisioned(table, scalings) : ofUnits([], []),
    isRecoverable: recovery?.["enabled"] === true,
  };
}

function billingOf(table: Values): Billing {
  if (table["billing_mode"] === "PAY_PER_REQUEST") return "on-demand";
  return (table["table_class"] || pricedTableClass) === pricedTableClass ? "provisioned" : "not priced";
}

function provisioned(table: Values, scalings: ReadonlyMap<string, Scaling>): Range {
  const id = `table/${textOf(table["name"])}`;
  const places = [
    { id, of: "table", values: table },
    ...blocks(table["global_secondary_index"]).map((index) => ({
      id: `${id}/index/${textOf(index["name"])}`,
      of: "index",
      values: index,
    })),
  ];
  const units = (direction: "Read" | "Write") =>
    places.map(({ id: place, of, values }) => {
      const fixed = numberOf(values[`${direction.toLowerCase()}_capacity`]);
      return (
        scalings.get(`${place} dynamodb:${of}:${direction}CapacityUnits`) ?? { least: fixed, most: fixed }
      );
    });
  return ofUnits(units("Read"), units("Write"));
}

function ofUnits(read: readonly Scaling[], write: readonly Scaling[]): Range {
  const month = (bound: keyof Scaling) => {
    const hour = [
      ...read.map((units) => times(prices.readUnitHour, units[bound])),
      ...write.map((units) => times(prices.writeUnitHour, units[bound])),
    ];
    return times(sum(hour), hoursPerMonth);
  };
  return { least: month("least"), most: month("most") };
}

/** By resource id and dimension, as Application Auto Scaling has them. */
const scalingsOf = (resources: readonly Resource[]): ReadonlyMap<string, Scaling> =>
  new Map(
    resources
      .filter(({ type }) => type === "aws_appautoscaling_target")
      .map(({ values }) => [
        `${textOf(values["resource_id"])} ${textOf(values["scalable_dimension"])}`,
        { least: numberOf(values["min_capacity"]), most: numberOf(values["max_capacity"]) },
      ]),
  );

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const numberOf = (value: Json | undefined): number => (typeof value === "number" ? value : 0);
