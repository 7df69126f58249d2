import { on, type ResourceActions } from "./scoped-actions";

/** Of alarms, of whom they tell, and of dashboards: see resource-actions.ts. */
export const monitoringActions: Readonly<Record<string, ResourceActions>> = {
  aws_cloudwatch_dashboard: {
    read: [on("dashboards", "cloudwatch:GetDashboard")],
    write: [on("dashboards", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard")],
  },
  aws_cloudwatch_metric_alarm: {
    read: [on("anyAlarm", "cloudwatch:DescribeAlarms"), on("alarms", "cloudwatch:ListTagsForResource")],
    write: [
      on(
        "alarms",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ),
    ],
  },
  aws_sns_topic: {
    read: [on("topics", "sns:GetTopicAttributes", "sns:ListTagsForResource")],
    write: [
      on(
        "topics",
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetTopicAttributes",
        "sns:TagResource",
        "sns:UntagResource",
      ),
    ],
  },
  aws_sns_topic_policy: {
    read: [on("topics", "sns:GetTopicAttributes")],
    write: [on("topics", "sns:SetTopicAttributes")],
  },
  aws_sns_topic_subscription: {
    read: [on("anySubscription", "sns:GetSubscriptionAttributes")],
    write: [
      on("topics", "sns:Subscribe"),
      on("anySubscription", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
    ],
  },
};
