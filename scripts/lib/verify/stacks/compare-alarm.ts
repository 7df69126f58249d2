/** Compares what CloudWatch says of an alarm with its stack. Pure: no calls. */

import type { Dimension, MetricAlarm, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { declared, undeclared, type Difference } from "../finding";
import type { Declared } from "./resource-schemas";
import { declareOrRemove, deployStack, same, sameFields, sameSet } from "./same";

type Expected = Declared<"aws_cloudwatch_metric_alarm">;

/** Every field of its definition, and whether and whom it tells. Not its state: that is no drift. */
export function alarmDifferences(expected: Expected, live: MetricAlarm): readonly Difference[] {
  return [
    ...sameFields("", definitionOf(expected), liveDefinition(live)),
    ...same("actionsEnabled", expected.actions_enabled, live.ActionsEnabled ?? true),
    ...sameSet("actions.alarm", expected.alarm_actions, live.AlarmActions ?? []),
    ...sameSet("actions.ok", expected.ok_actions, live.OKActions ?? []),
    ...sameSet(
      "actions.insufficientData",
      expected.insufficient_data_actions,
      live.InsufficientDataActions ?? [],
    ),
    ...queryDifferences(expected.metric_query, live.Metrics ?? []),
  ];
}

const definitionOf = (alarm: Expected) => ({
  description: alarm.alarm_description,
  comparison: alarm.comparison_operator,
  threshold: alarm.threshold,
  periods: alarm.evaluation_periods,
  // CloudWatch: M of N; all of them where it is not said.
  datapoints: alarm.datapoints_to_alarm ?? alarm.evaluation_periods,
  missingData: alarm.treat_missing_data,
  lowSamples: alarm.evaluate_low_sample_count_percentiles,
  namespace: alarm.namespace,
  metric: alarm.metric_name,
  statistic: alarm.statistic ?? alarm.extended_statistic,
  period: alarm.period,
  unit: alarm.unit,
  dimensions: alarm.dimensions,
});

const liveDefinition = (alarm: MetricAlarm) => ({
  description: alarm.AlarmDescription ?? "",
  comparison: alarm.ComparisonOperator,
  threshold: alarm.Threshold,
  periods: alarm.EvaluationPeriods,
  datapoints: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
  missingData: alarm.TreatMissingData ?? "missing",
  lowSamples: alarm.EvaluateLowSampleCountPercentile,
  namespace: alarm.Namespace,
  metric: alarm.MetricName,
  statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
  period: alarm.Period,
  unit: alarm.Unit,
  dimensions: dimensionsOf(alarm.Dimensions),
});

const dimensionsOf = (dimensions: readonly Dimension[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(dimensions.map(({ Name = "", Value = "" }) => [Name, Value]));

/** The parts of an expression, by their ids: AWS keeps no order of them. */
function queryDifferences(
  expected: Expected["metric_query"],
  live: readonly MetricDataQuery[],
): readonly Difference[] {
  const ids = new Set(expected.map(({ id }) => id));
  return [
    ...expected.flatMap((query) => {
      const path = `metrics.${query.id}`;
      const found = live.find(({ Id }) => Id === query.id);
      return found === undefined
        ? [declared(path, query.expression ?? query.metric?.metric_name ?? "a metric", "absent", deployStack)]
        : sameFields(`${path}.`, queryOf(query), liveQuery(found, query));
    }),
    ...live
      .filter(({ Id = "" }) => !ids.has(Id))
      .map(({ Id = "", Expression, MetricStat }) =>
        undeclared(
          `metrics.${Id}`,
          Expression ?? MetricStat?.Metric?.MetricName ?? "a metric",
          declareOrRemove,
        ),
      ),
  ];
}

const queryOf = ({ expression, label, metric, ...query }: Expected["metric_query"][number]) => ({
  expression,
  ...(label !== undefined && { label }),
  returned: query.return_data,
  namespace: metric?.namespace,
  metric: metric?.metric_name,
  dimensions: metric?.dimensions ?? {},
  period: metric?.period ?? query.period,
  statistic: metric?.stat,
  unit: metric?.unit,
});

const liveQuery = (
  { Expression, Label, ReturnData, MetricStat, Period }: MetricDataQuery,
  expected: Expected["metric_query"][number],
) => ({
  expression: Expression,
  label: Label,
  // CloudWatch returns what is not said otherwise; Terraform says it of each.
  returned: ReturnData ?? !expected.return_data,
  namespace: MetricStat?.Metric?.Namespace,
  metric: MetricStat?.Metric?.MetricName,
  dimensions: dimensionsOf(MetricStat?.Metric?.Dimensions),
  period: MetricStat?.Period ?? Period,
  statistic: MetricStat?.Stat,
  unit: MetricStat?.Unit,
});
