/** The reference page of the alarms, from production's stacks as they are built. */

import { buildApp } from "../../stacks/app";
import {
  conditionOf,
  metricsOf,
  nameOfAlarm,
  type AlarmSpec,
  type RunbookSection,
} from "../../stacks/monitoring/alarm-spec";
import { loadSettings } from "../../stacks/settings";
import { SystemStack } from "../../stacks/system-stack";
import { systems, type System } from "../../tables/systems";
import { times, toCents } from "./cost/money";
import { prices } from "./cost/prices";

/** Alarms by system, each its tables' before its services'. */
export type AlarmsOfSystems = Readonly<Record<System, readonly AlarmSpec[]>>;

/** With what settings add: the population of brands. None of them shows on the page. */
const settings = loadSettings({
  PROD_ATHENA_DATABASE: "brands",
  PROD_ATHENA_WORKGROUP: "primary",
  PROD_ATHENA_OUTPUT: "s3://brand-processing-prod/athena-results/",
  PROD_ATHENA_DATA: "s3://brand-processing-prod/brands/",
});

/** Builds the stacks, functions and all: some seconds, the first time. */
export function productionAlarms(): AlarmsOfSystems {
  const stacks = buildApp(settings, {}, "prod").node.children.filter((child) => child instanceof SystemStack);
  const of = (system: System) =>
    stacks.filter((stack) => stack.system === system).flatMap((stack) => stack.alarms);
  return Object.fromEntries(systems.map((system) => [system, of(system)])) as unknown as AlarmsOfSystems;
}

export function alarmReference(alarms: AlarmsOfSystems): string {
  const all = Object.values(alarms).flat();
  const metrics = all.flatMap(metricsOf).length;
  return [
    "# Alarms",
    "Written from `stacks/monitoring/` by `npm run docs:alarms`; a test holds the two together.",
    `An environment has ${all.length} alarms over ${metrics} metrics: ` +
      `${toCents(times(prices.alarmMetricMonth, metrics))} a month, at ${toCents(prices.alarmMetricMonth)} a metric. ` +
      `Its ${systems.length} dashboards are ${toCents(prices.dashboardMonth)} each, but for the first three of an account.`,
    "Of each holds: it goes off when the threshold is reached or passed, missing data do not count as such, and who " +
      "subscribes to its system's topic hears of it then and when it is over. Names are production's; in other " +
      "environments they end in `-<env>`. Why it is built like this: [ADR 15](adr/0015-monitoring.md).",
    ...systems.map((system) => section(system, alarms[system])),
    "",
  ].join("\n\n");
}

const section = (system: System, alarms: readonly AlarmSpec[]): string =>
  [
    `## ${system}`,
    [
      "| alarm | what it tells | goes off at | why | runbook |",
      "| --- | --- | --- | --- | --- |",
      ...alarms.map((alarm) => row(system, alarm)),
    ].join("\n"),
  ].join("\n\n");

const row = (system: System, alarm: AlarmSpec): string =>
  `| ${[
    `\`${nameOfAlarm(system, alarm, "prod")}\``,
    `${alarm.tells} ${measured(alarm)}`,
    conditionOf(alarm),
    capitalized(alarm.because),
    link(alarm.runbook),
  ].join(" | ")} |`;

/** The names of its metrics, each once; where they are put together, how. */
function measured(alarm: AlarmSpec): string {
  const names = [...new Set(metricsOf(alarm).map(({ namespace, name }) => `${namespace} ${name}`))];
  const how = alarm.measure.kind === "metric" ? alarm.measure.metric.statistic : alarm.measure.expression;
  return `(${names.map((name) => `\`${name}\``).join(", ")}; \`${how}\`)`;
}

const link = ({ page, heading }: RunbookSection): string =>
  `[${heading}](runbooks/${page}.md#${anchor(heading)})`;

/** As GitHub makes them. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
