/** Compares what AWS says of a table with what its spec says. Pure: no calls. */

import { tableTags } from "../../../stacks/naming";
import { keyAttributes } from "../../../tables/table-spec";
import { noContributorInsights, noKinesisDestination, noResourcePolicy } from "./compare-attached";
import { capacityDifferences } from "./compare-capacity";
import { encryptionIsDeclared } from "./compare-encryption";
import { indexDifferences } from "./compare-indexes";
import { replicaDifferences } from "./compare-replicas";
import { autoscalingDifferences } from "./compare-scaling";
import { compareRecovery, compareTags } from "./compare-settings";
import { whenRead, type Comparison } from "./comparison";
import { compare, undeclared, unknown, type Difference } from "./finding";

type Check = (comparison: Comparison) => readonly Difference[];

/**
 * Warm throughput is no spec's: AWS raises it with the load and never lowers it, so that there is no amount of it that
 * would be drift.
 */
const checks: readonly Check[] = [
  placeIsDeclared,
  statusIsActive,
  keysAreDeclared,
  ({ spec, live }) => indexDifferences(spec, live.description),
  ({ spec, live }) => capacityDifferences(spec, live.description),
  autoscalingDifferences,
  tableClassIsStandard,
  timeToLiveIsDeclared,
  recoveryIsOn,
  encryptionIsDeclared,
  protectionIsDeclared,
  streamIsDeclared,
  replicaDifferences,
  noResourcePolicy,
  noContributorInsights,
  noKinesisDestination,
  tagsAreDeclared,
];

export const compareTable = (comparison: Comparison): readonly Difference[] =>
  checks.flatMap((check) => check(comparison));

/** What AWS is still doing is neither right nor wrong: the autoscaler alone puts a table into UPDATING. */
function statusIsActive({ live }: Comparison): readonly Difference[] {
  const { TableStatus: status } = live.description;
  if (status === "CREATING" || status === "UPDATING") {
    return [unknown("status", "ACTIVE", status, "Wait until AWS has finished, then verify again.")];
  }
  const remedy =
    status === "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
      ? "Enable the key, or give DynamoDB access to it again."
      : "Look at the table in the console: deploying does not mend this.";
  return compare("status", "ACTIVE", status, remedy);
}

/** Another key means another table: Terraform would replace it. */
function keysAreDeclared({ spec, live }: Comparison): readonly Difference[] {
  const remedy = "A key cannot be changed: restore the data into a table with the declared keys.";
  const schema = live.description.KeySchema ?? [];
  const liveKey = (type: "HASH" | "RANGE") => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const liveTypes = new Map(
    (live.description.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [
      AttributeName,
      AttributeType,
    ]),
  );
  return [
    ...compare("partitionKey", spec.partitionKey, liveKey("HASH"), remedy),
    ...compare("sortKey", spec.sortKey ?? "absent", liveKey("RANGE") ?? "absent", remedy),
    // An attribute that is gone with its index is told as the missing index.
    ...keyAttributes(spec)
      .filter((name) => liveTypes.has(name))
      .flatMap((name) =>
        compare(
          `attributes.${name}.type`,
          spec.attributes[name]?.type ?? "absent",
          liveTypes.get(name),
          remedy,
        ),
      ),
  ];
}

/** AWS takes up to an hour to switch TTL: what is on its way counts as there. */
function timeToLiveIsDeclared({ spec, live }: Comparison): readonly Difference[] {
  return whenRead("timeToLive", live.timeToLive, ({ TimeToLiveStatus = "DISABLED", AttributeName }) => {
    const isOn = TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING";
    const actual = isOn ? `on ${AttributeName ?? "no attribute"}` : "off";
    const expected = spec.timeToLive?.enabled ? `on ${spec.timeToLive.attribute}` : "off";
    const isOnAnother = isOn && spec.timeToLive?.enabled;
    return compare("timeToLive", expected, actual, isOnAnother ? otherAttributeRemedy : undefined);
  });
}

const otherAttributeRemedy =
  "Switch TTL off first, wait an hour, then deploy: docs/runbooks/change-a-table.md.";

function recoveryIsOn({ spec, live }: Comparison): readonly Difference[] {
  return whenRead("pointInTimeRecovery", live.recovery, (recovery) =>
    compareRecovery("pointInTimeRecovery", recovery, spec.recoveryDays),
  );
}

function protectionIsDeclared({ environment, live }: Comparison): readonly Difference[] {
  const word = (isOn: boolean) => (isOn ? "on" : "off");
  return compare(
    "deletionProtection",
    word(environment.protected),
    word(live.description.DeletionProtectionEnabled ?? false),
  );
}

/** Whoever declared a stream has readers; one that nobody declared shows every change to those who may read it. */
function streamIsDeclared({ spec, live }: Comparison): readonly Difference[] {
  const { StreamEnabled: isOn = false, StreamViewType: view } = live.description.StreamSpecification ?? {};
  const actual = isOn ? (view ?? "on") : "off";
  if (spec.stream === undefined && isOn) {
    return [undeclared("stream", actual, "Declare the stream in the spec, or deploy the table's stack.")];
  }
  return compare("stream", spec.stream ?? "off", actual, streamRemedy);
}

const streamRemedy = "Switch the stream to what is declared: docs/runbooks/change-a-table.md.";

function tableClassIsStandard({ name, live }: Comparison): readonly Difference[] {
  const { TableClass: actual = "STANDARD" } = live.description.TableClassSummary ?? {};
  if (actual === "STANDARD") return [];
  const remedy = `aws dynamodb update-table --table-name ${name} --table-class STANDARD: AWS takes two changes a month.`;
  return [undeclared("tableClass", actual, remedy)];
}

/** A profile or an endpoint of another account may have a table of the same name. */
function placeIsDeclared({ name, place, live }: Comparison): readonly Difference[] {
  const [, , , region, account] = (live.description.TableArn ?? "").split(":");
  const arnIn = (of: string | undefined) => `arn:aws:dynamodb:${place.region}:${of}:table/${name}`;
  const remedy = "Look which endpoint, region and profile answer here.";
  return region === place.region && (place.accountId ?? account) === account
    ? []
    : compare("arn", arnIn(place.accountId ?? account), live.description.TableArn, remedy);
}

function tagsAreDeclared({ spec, environment, live }: Comparison): readonly Difference[] {
  return whenRead("tags", live.tags, (tags) => compareTags("tags", tableTags(spec, environment), tags));
}
