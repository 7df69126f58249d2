import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { alarmKinds, nameOfAlarm } from "../monitoring/alarm-spec";
import { alarmTopicName } from "../naming";
import type { SystemStack } from "../system-stack";

/**
 * Whom a system's alarms tell. Not encrypted: CloudWatch cannot publish through AWS's own key, and the system's key
 * may be what an alarm is about (docs/adr/0015-monitoring.md).
 */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(stack: SystemStack) {
    super(stack, "alarm-topic");
    const { system, environment } = stack;
    const topic = new SnsTopic(this, "topic", {
      name: alarmTopicName(system, environment.name),
      displayName: `Alarms of ${system} in ${environment.name}`,
    });
    topic.overrideLogicalId("alarms");
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: JSON.stringify(topicPolicy(stack)),
    }).overrideLogicalId("alarms");
    for (const endpoint of environment.alarmEmails) {
      const subscription = new SnsTopicSubscription(this, endpoint, {
        topicArn: topic.arn,
        protocol: "email",
        endpoint,
      });
      subscription.overrideLogicalId(`email_${endpoint.replaceAll(/\W/g, "_")}`);
    }
    new TerraformOutput(this, "arn", { value: topic.arn }).overrideLogicalId("alarm_topic_arn");
  }
}

/** By names that are put together: references to the topic would be unknown to a plan that the guard has to judge. */
function topicPolicy(stack: SystemStack) {
  const { system, environment, accountId, plannedAlarmTopicArn: topic } = stack;
  const { name, region } = environment;
  // By kind: of production's bare names, anything shorter would be the beginning of others'.
  const alarms = alarmKinds.map((kind) => nameOfAlarm(system, { subject: "*", kind }, name));
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "LetItsAlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: {
            "aws:SourceArn": alarms.map(
              (alarm) => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarm}`,
            ),
          },
        },
      },
      {
        Sid: "RefuseWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
