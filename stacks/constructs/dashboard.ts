import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { tablesOf } from "../../tables/catalogue";
import { dashboardName } from "../naming";
import { nameOfAlarm } from "../monitoring/alarm-spec";
import { dashboardBody } from "../monitoring/dashboard";
import { tableAlarms } from "../monitoring/table-alarms";
import type { ServicesStack } from "../services-stack";

/** A system at a glance: its alarms, tables, functions, API and workflow, whatever the stack has of them. */
export class Dashboard extends Construct {
  constructor(stack: ServicesStack) {
    super(stack, "dashboard");
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: dashboardName(stack.system, stack.environment.name),
      // Written when everything is there.
      dashboardBody: Lazy.stringValue({ produce: () => JSON.stringify(body(stack)) }),
    }).overrideLogicalId("dashboard");
  }
}

function body({ system, environment, accountId, alarms, watched }: ServicesStack): object {
  const { name, region } = environment;
  const tables = tablesOf(system);
  const shown = [...tables.flatMap((spec) => tableAlarms(spec, name)), ...alarms];
  return dashboardBody({
    environment: name,
    region,
    tables,
    ...watched,
    alarms: shown.map(
      (alarm) => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${nameOfAlarm(system, alarm, name)}`,
    ),
  });
}
