import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import type { Construct } from "constructs";
import { requirementOf, type System } from "../tables/systems";
import { EnvironmentStack } from "./environment-stack";
import type { Environment } from "./environments";
import type { AlarmSpec } from "./monitoring/alarm-spec";
import { alarmTopicName, defaultTags, stackId, type Layer, type StackId } from "./naming";
import type { Settings } from "./settings";

export interface SystemStackProps {
  readonly system: System;
  readonly layer: Layer;
  readonly environment: Environment;
  readonly settings: Settings;
}

/**
 * One layer of one system in one environment. It reads no other stack's state, so any stack can be planned,
 * applied or destroyed alone.
 */
export class SystemStack extends EnvironmentStack<StackId> {
  readonly system: System;
  /** Every alarm of the stack: its constructs add theirs. */
  readonly alarms: AlarmSpec[] = [];
  /** Known when the plan is made: ARNs of what other stacks have are put together with it. */
  readonly accountId: string;

  constructor(scope: Construct, { system, layer, environment, settings }: SystemStackProps) {
    super(scope, {
      id: stackId(system, layer, environment.name),
      environment,
      settings,
      tags: defaultTags({ system, requirement: requirementOf[system] }, environment),
    });
    this.system = system;
    const caller = new DataAwsCallerIdentity(this, "caller");
    // A logical id holds only for references that are made after it.
    caller.overrideLogicalId("caller");
    this.accountId = caller.accountId;
  }

  /** Whom the stack's alarms tell. */
  get alarmTopicArn(): string {
    return this.plannedAlarmTopicArn;
  }

  /** The same, put together from names: the topic is the tables stack's. */
  get plannedAlarmTopicArn(): string {
    const { name, region } = this.environment;
    return `arn:aws:sns:${region}:${this.accountId}:${alarmTopicName(this.system, name)}`;
  }
}
