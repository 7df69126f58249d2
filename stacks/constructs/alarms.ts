import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { descriptionOf, nameOfAlarm, type AlarmSpec, type Metric } from "../monitoring/alarm-spec";
import type { SystemStack } from "../system-stack";

/** The alarms of one thing in CloudWatch. Whoever subscribes hears when each goes off, and when it is over. */
export class Alarms extends Construct {
  constructor(scope: Construct, stack: SystemStack, alarms: readonly AlarmSpec[]) {
    super(scope, "alarms");
    for (const alarm of alarms) {
      const { subject, kind, threshold, window } = alarm;
      new CloudwatchMetricAlarm(this, `${subject}-${kind}`, {
        alarmName: nameOfAlarm(stack.system, alarm, stack.environment.name),
        alarmDescription: descriptionOf(alarm),
        ...measured(alarm),
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold,
        evaluationPeriods: window.of,
        datapointsToAlarm: window.breaching,
        treatMissingData: "notBreaching",
        actionsEnabled: true,
        alarmActions: [stack.alarmTopicArn],
        okActions: [stack.alarmTopicArn],
      }).overrideLogicalId(alarmId(alarm));
    }
    stack.alarms.push(...alarms);
  }
}

/** Two underscores part it, as no table's id has them; Terraform's names have no dots. */
export const alarmId = ({ subject, kind }: Pick<AlarmSpec, "kind" | "subject">): string =>
  `${subject.replaceAll(".", "_dot_")}__${kind}`;

type Measured = Pick<
  CloudwatchMetricAlarmConfig,
  | "dimensions"
  | "evaluateLowSampleCountPercentiles"
  | "extendedStatistic"
  | "metricName"
  | "metricQuery"
  | "namespace"
  | "period"
  | "statistic"
>;

function measured({ measure, window: { period } }: AlarmSpec): Measured {
  switch (measure.kind) {
    case "metric": {
      const { namespace, name, dimensions, statistic } = measure.metric;
      return {
        namespace,
        metricName: name,
        dimensions: { ...dimensions },
        period,
        // Few calls are judged, too: most functions here have few.
        ...(statistic === "p99"
          ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: "evaluate" }
          : { statistic }),
      };
    }
    case "expression":
      return {
        metricQuery: [
          { id: "result", expression: measure.expression, label: "result", returnData: true },
          ...Object.entries(measure.metrics).map(([id, metric]) => queried(id, metric, period)),
        ],
      };
  }
}

const queried = (id: string, { namespace, name, dimensions, statistic }: Metric, period: number) => ({
  id,
  metric: { namespace, metricName: name, dimensions: { ...dimensions }, period, stat: statistic },
});
