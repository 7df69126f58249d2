/** The trails of a stack: what they record, whether they do, and where to. */

import {
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  TrailNotFoundException,
  type GetEventSelectorsResponse,
} from "@aws-sdk/client-cloudtrail";
import { isDeepStrictEqual } from "node:util";
import { declared, type Difference } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent, deployStack, same, sameFields, sameOrUndeclared, word } from "./same";

export const trailLooks: Looks = (context) =>
  context.stack
    .all("aws_cloudtrail")
    .map(([, block]): Look => ({ kind: "trail", name: block.name, see: () => seeTrail(context, block) }));

async function seeTrail(
  { clients: { trails }, references }: Context,
  expected: Declared<"aws_cloudtrail">,
): Promise<Seen> {
  // A trail of another region is only known by its ARN.
  const Name = references.arn("cloudtrail", `trail/${expected.name}`);
  const answer = await unlessAbsent(trails.send(new GetTrailCommand({ Name })), TrailNotFoundException);
  if (answer?.Trail === undefined) return { differences: [absent("a trail")] };
  const live = answer.Trail;
  const differences = await aspects(
    aspect("bucket", async () => {
      const { s3_bucket_name, kms_key_id } = await references.resolve({
        s3_bucket_name: expected.s3_bucket_name,
        kms_key_id: expected.kms_key_id,
      });
      return [
        ...same("bucket", s3_bucket_name, live.S3BucketName),
        ...sameOrUndeclared("key", kms_key_id, live.KmsKeyId || undefined),
      ];
    }),
    Promise.resolve(
      sameFields(
        "",
        {
          prefix: expected.s3_key_prefix,
          validation: expected.enable_log_file_validation,
          globalEvents: expected.include_global_service_events,
          allRegions: expected.is_multi_region_trail,
        },
        {
          prefix: live.S3KeyPrefix ?? "",
          validation: live.LogFileValidationEnabled ?? false,
          globalEvents: live.IncludeGlobalServiceEvents ?? false,
          allRegions: live.IsMultiRegionTrail ?? false,
        },
      ),
    ),
    aspect("logging", async () => {
      const { IsLogging, LatestDeliveryError } = await trails.send(new GetTrailStatusCommand({ Name }));
      return [
        ...same("logging", expected.enable_logging, IsLogging ?? false),
        ...(LatestDeliveryError
          ? [
              declared(
                "logging.delivery",
                "delivered",
                LatestDeliveryError,
                "Let CloudTrail write to the bucket.",
              ),
            ]
          : []),
      ];
    }),
    aspect("selectors", async () =>
      selectorDifferences(
        await references.resolve(expected),
        await trails.send(new GetEventSelectorsCommand({ TrailName: Name })),
      ),
    ),
  );
  return { differences };
}

/** Which events are recorded: of either kind, a trail has the one or the other. */
export function selectorDifferences(
  expected: Pick<Declared<"aws_cloudtrail">, "advanced_event_selector" | "event_selector">,
  live: Pick<GetEventSelectorsResponse, "AdvancedEventSelectors" | "EventSelectors">,
): readonly Difference[] {
  const [wanted, found] = [declaredSelectors(expected), liveSelectors(live)];
  if (wanted.length === 0 && expected.event_selector.length === 0) return [];
  const missing = wanted.filter((one) => !found.some((other) => isDeepStrictEqual(one, other)));
  const others = found.filter((one) => !wanted.some((other) => isDeepStrictEqual(one, other)));
  return missing.length === 0 && others.length === 0
    ? []
    : [declared("selectors", word(missing), word(others), deployStack)];
}

const sets = (fields: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, [...values].sort()]));

const declaredSelectors = ({
  advanced_event_selector: advanced,
  event_selector: basic,
}: Pick<Declared<"aws_cloudtrail">, "advanced_event_selector" | "event_selector">): readonly object[] => [
  ...advanced.map(({ field_selector }) =>
    byField(
      field_selector.map((one) => ({
        field: one.field,
        ...sets({
          equals: one.equals,
          notEquals: one.not_equals,
          startsWith: one.starts_with,
          notStartsWith: one.not_starts_with,
          endsWith: one.ends_with,
          notEndsWith: one.not_ends_with,
        }),
      })),
    ),
  ),
  ...basic.map((one) => ({
    access: one.read_write_type,
    management: one.include_management_events,
    data: one.data_resource.map(({ type, values }) => ({ type, values: [...values].sort() })),
  })),
];

const liveSelectors = ({
  AdvancedEventSelectors: advanced = [],
  EventSelectors: basic = [],
}: Pick<GetEventSelectorsResponse, "AdvancedEventSelectors" | "EventSelectors">): readonly object[] => [
  ...advanced.map(({ FieldSelectors = [] }) =>
    byField(
      FieldSelectors.map((one) => ({
        field: one.Field ?? "",
        ...sets({
          equals: one.Equals ?? [],
          notEquals: one.NotEquals ?? [],
          startsWith: one.StartsWith ?? [],
          notStartsWith: one.NotStartsWith ?? [],
          endsWith: one.EndsWith ?? [],
          notEndsWith: one.NotEndsWith ?? [],
        }),
      })),
    ),
  ),
  ...basic.map((one) => ({
    access: one.ReadWriteType ?? "All",
    management: one.IncludeManagementEvents ?? true,
    data: (one.DataResources ?? []).map(({ Type, Values = [] }) => ({
      type: Type,
      values: [...Values].sort(),
    })),
  })),
];

/** AWS keeps no order of the fields. */
const byField = (fields: readonly { readonly field: string }[]): readonly object[] =>
  [...fields].sort((one, other) => one.field.localeCompare(other.field));
