import type { Construct } from "constructs";
import { AlarmTopic } from "./constructs/alarm-topic";
import { SystemStack, type SystemStackProps } from "./system-stack";

/** What must not be lost of a system: tables, keys, and whom their alarms tell. */
export class TablesStack extends SystemStack {
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, props: Omit<SystemStackProps, "layer">) {
    super(scope, { ...props, layer: "tables" });
    this.topic = new AlarmTopic(this);
  }

  override get alarmTopicArn(): string {
    return this.topic.arn;
  }
}
