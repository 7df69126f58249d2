import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { Construct } from "constructs";
import { functionName, scheduleRoleName, workflowName } from "../naming";
import type { ServicesStack } from "../services-stack";
import type { NodeFunction } from "./node-function";
import { ServiceRole } from "./service-role";

export interface ScheduleProps {
  readonly description: string;
  readonly runs: NodeFunction;
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly expression: string;
  readonly enabled: boolean;
  /** Seconds in which the function can still be asked to run, when it could not at once. */
  readonly deliveredWithin: number;
}

/** A role trusts a group, not a schedule (AWS: "Confused deputy prevention in EventBridge Scheduler"). */
export class ScheduleGroup extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(readonly stack: ServicesStack) {
    super(stack, "schedules");
    const { system, environment, accountId } = stack;
    const name = workflowName(system, environment.name);
    const group = new SchedulerScheduleGroup(this, "group", { name });
    group.overrideLogicalId("schedules");
    this.name = group.name;
    this.arn = `arn:aws:scheduler:${environment.region}:${accountId}:schedule-group/${name}`;
  }
}

/** Runs a function again and again (EventBridge Scheduler), asynchronously, through a role for it alone. */
export class Schedule extends Construct {
  /** @throws Error when a limit of the scheduler is passed. */
  constructor(group: ScheduleGroup, props: ScheduleProps) {
    const { id } = props.runs;
    super(group, id);
    checkDelivery(id, props.deliveredWithin);
    const { stack } = group;
    const { system, environment } = stack;
    const role = new ServiceRole(this, stack, `${id}_schedule`, {
      name: scheduleRoleName(system, id, environment.name),
      description: `Schedule of the function ${functionName(system, id, environment.name)}`,
      service: "scheduler",
      sourceArn: group.arn,
      statements: [
        {
          Sid: "RunTheFunction",
          Effect: "Allow",
          Action: ["lambda:InvokeFunction"],
          Resource: [props.runs.arn],
        },
      ],
    });
    new SchedulerSchedule(this, "schedule", {
      name: functionName(system, id, environment.name),
      description: props.description,
      groupName: group.name,
      scheduleExpression: props.expression,
      state: props.enabled ? "ENABLED" : "DISABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: props.runs.arn,
        roleArn: role.arn,
        retryPolicy: {
          maximumEventAgeInSeconds: props.deliveredWithin,
          maximumRetryAttempts: deliveries,
        },
      },
      dependsOn: [role.grants],
    }).overrideLogicalId(id);
  }
}

/** How often the scheduler tries again to hand an event over. */
const deliveries = 5;

/** AWS: RetryPolicy of EventBridge Scheduler. */
const limits = { least: 60, most: 86_400 } as const;

function checkDelivery(id: string, seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= limits.least && seconds <= limits.most) return;
  throw new Error(
    `Schedule of "${id}": deliveredWithin must be a whole number from ${limits.least} to ${limits.most}; ` +
      `found ${seconds}.`,
  );
}
