/** What stands around the tables of an environment and costs by the month. */

import { tableName, type StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { systems, type System } from "../../../tables/systems";
import type { TableSpec } from "../../../tables/table-spec";
import type { Values } from "../plan/planned-stack";
import { alarmMetrics, blocks, fixedCost, isAlarm, type Charge, type Resource } from "./fixed";

export interface StackResources {
  readonly stack: StackId;
  readonly system: System;
  readonly resources: readonly Resource[];
}

/** What of it is a table's own. */
export interface TableSurroundings {
  /** Alarms that look at the table or one of its indexes. */
  readonly alarms: Charge;
  /** Whether a trail records what is read and written. */
  readonly isAudited: boolean;
}

export interface SystemSurroundings {
  readonly system: System;
  readonly keys: Charge;
  readonly dashboards: Charge;
  /** Alarms of functions, APIs, workflows and queues. */
  readonly alarms: Charge;
}

/** The surroundings of a table. @param stacks of its environment. */
export function tableSurroundings(
  stacks: readonly StackResources[],
  spec: TableSpec,
  environment: EnvironmentName,
): TableSurroundings {
  const table = tableName(spec, environment);
  const all = stacks.filter(({ system }) => system === spec.system).flatMap(({ resources }) => resources);
  return {
    alarms: fixedCost(
      "alarms",
      all.filter((one) => isAlarm(one) && tablesOfAlarm(one.values).some(isNameOf(spec, table))),
    ),
    isAudited: stacks
      .flatMap(({ resources }) => resources)
      .some(({ type, values }) => type === "aws_cloudtrail" && namesTable(JSON.stringify(values), table)),
  };
}

/** What each system has beside its tables. */
export const systemSurroundings = (stacks: readonly StackResources[]): readonly SystemSurroundings[] =>
  systems.map((system) => {
    const all = stacks.filter((one) => one.system === system).flatMap(({ resources }) => resources);
    const others = all.filter((one) => !isAlarm(one) || tablesOfAlarm(one.values).length === 0);
    return {
      system,
      keys: fixedCost("keys", all),
      dashboards: fixedCost("dashboards", all),
      alarms: fixedCost("alarms", others),
    };
  });

const tablesOfAlarm = (alarm: Values): readonly string[] =>
  alarmMetrics(alarm)
    .flatMap((metric) => blocks(metric["dimensions"]))
    .flatMap(({ TableName }) => (typeof TableName === "string" ? [TableName] : []));

/** By its name, or by reference to the resource. */
const isNameOf = (spec: TableSpec, table: string) => (text: string) =>
  text === table || text.includes(`aws_dynamodb_table.${spec.id}.`);

/** Within ARNs: a name may begin another one. */
const namesTable = (text: string, table: string): boolean =>
  new RegExp(`table/${table.replaceAll(/[.]/g, "\\.")}(?![\\w.-])`).test(text);
