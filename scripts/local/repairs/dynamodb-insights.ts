import { askDynamoDb, dynamodb } from "./ask-moto";
import { document } from "./dynamodb-backups";
import { parseJson } from "./lambda-call";
import { jsonReply, type AwsCall, type AwsReply, type Repair } from "./repair";

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly ContributorInsightsAction?: "ENABLE" | "DISABLE";
  readonly ContributorInsightsMode?: string;
  readonly StreamArn?: string;
  readonly EnableKinesisStreamingConfiguration?: Precision;
  readonly UpdateKinesisStreamingConfiguration?: Precision;
}

interface Precision {
  readonly ApproximateCreationDateTimePrecision?: string;
}

type Keys = readonly { readonly KeyType?: string }[];

interface Table {
  readonly TableArn?: string;
  readonly CreationDateTime?: number;
  readonly TableName?: string;
  readonly KeySchema?: Keys;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName?: string; readonly KeySchema?: Keys }[];
}

interface Insights {
  readonly isEnabled: boolean;
  readonly mode: string;
  readonly updatedAt: number;
  readonly rules: readonly string[];
}

interface Destination {
  readonly isEnabled: boolean;
  readonly precision: string;
}

/**
 * Contributor insights and Kinesis streaming destinations, which moto 5.2.1 lacks: what is turned on and off is
 * kept for as long as the table lives, per index too, and described again. AWS takes minutes over it: who looks
 * again finds it done here. Nobody counts keys: the report of a rule that is there is empty.
 */
export function dynamodbInsights(motoUrl: string): Repair {
  const insights = new Map<string, Insights>();
  const destinations = new Map<string, Map<string, Destination>>();

  const withTable = async (call: AwsCall, answer: (table: Table, input: Input) => AwsReply) => {
    const input = (parseJson(call.body) ?? {}) as Input;
    const { TableName, IndexName } = input;
    const asked = await askDynamoDb(motoUrl, call, "DescribeTable", { TableName });
    const { Table: table } = document<{ readonly Table?: Table }>(asked);
    if (table === undefined) return asked;
    const isThere = table.GlobalSecondaryIndexes?.some((index) => index.IndexName === IndexName) === true;
    return IndexName === undefined || isThere
      ? answer(table, input)
      : refused("ResourceNotFoundException", `Requested resource not found: Index: ${IndexName} not found`);
  };

  const insightsKey = (table: Table, { IndexName = "" }: Input) => `${identity(table)}/${IndexName}`;

  const updateInsights = (table: Table, input: Input) => {
    const isEnabled = input.ContributorInsightsAction === "ENABLE";
    const { ContributorInsightsMode: mode = "ACCESSED_AND_THROTTLED_KEYS" } = input;
    const updatedAt = Date.now() / 1000;
    const rules = isEnabled ? rulesOf(table, input, mode, Math.round(updatedAt * 1000)) : [];
    insights.set(insightsKey(table, input), { isEnabled, mode, updatedAt, rules });
    return jsonReply({
      TableName: table.TableName,
      IndexName: input.IndexName,
      ContributorInsightsStatus: isEnabled ? "ENABLING" : "DISABLING",
      ContributorInsightsMode: mode,
    });
  };

  const describeInsights = (table: Table, input: Input) => {
    const kept = insights.get(insightsKey(table, input));
    return jsonReply({
      TableName: table.TableName,
      IndexName: input.IndexName,
      ContributorInsightsStatus: kept?.isEnabled === true ? "ENABLED" : "DISABLED",
      LastUpdateDateTime: kept?.updatedAt,
      ContributorInsightsMode: kept?.isEnabled === true ? kept.mode : undefined,
      ContributorInsightsRuleList: kept?.isEnabled === true ? kept.rules : undefined,
    });
  };

  const streamDestination = (table: Table, input: Input, isEnabled: boolean, precision: string) => {
    const { StreamArn = "" } = input;
    const ofTable = destinations.get(identity(table)) ?? new Map<string, Destination>();
    destinations.set(identity(table), ofTable.set(StreamArn, { isEnabled, precision }));
  };

  const keptPrecision = (table: Table, { StreamArn = "" }: Input) =>
    destinations.get(identity(table))?.get(StreamArn);

  const enableDestination = (table: Table, input: Input) => {
    const { EnableKinesisStreamingConfiguration: configuration } = input;
    const { ApproximateCreationDateTimePrecision: precision = "MILLISECOND" } = configuration ?? {};
    streamDestination(table, input, true, precision);
    return jsonReply({
      TableName: table.TableName,
      StreamArn: input.StreamArn,
      DestinationStatus: "ENABLING",
      EnableKinesisStreamingConfiguration: configuration,
    });
  };

  const disableDestination = (table: Table, input: Input) => {
    const kept = keptPrecision(table, input);
    if (kept?.isEnabled !== true) return noDestination(input);
    streamDestination(table, input, false, kept.precision);
    return jsonReply({
      TableName: table.TableName,
      StreamArn: input.StreamArn,
      DestinationStatus: "DISABLING",
    });
  };

  const updateDestination = (table: Table, input: Input) => {
    const kept = keptPrecision(table, input);
    if (kept?.isEnabled !== true) return noDestination(input);
    const { UpdateKinesisStreamingConfiguration: configuration } = input;
    const { ApproximateCreationDateTimePrecision: precision = kept.precision } = configuration ?? {};
    streamDestination(table, input, true, precision);
    return jsonReply({
      TableName: table.TableName,
      StreamArn: input.StreamArn,
      DestinationStatus: "UPDATING",
      UpdateKinesisStreamingConfiguration: configuration,
    });
  };

  const describeDestinations = (table: Table) =>
    jsonReply({
      TableName: table.TableName,
      KinesisDataStreamDestinations: [...(destinations.get(identity(table)) ?? [])].map(
        ([StreamArn, { isEnabled, precision }]) => ({
          StreamArn,
          DestinationStatus: isEnabled ? "ACTIVE" : "DISABLED",
          ApproximateCreationDateTimePrecision: precision,
        }),
      ),
    });

  const answers: Readonly<Record<string, (table: Table, input: Input) => AwsReply>> = {
    UpdateContributorInsights: updateInsights,
    DescribeContributorInsights: describeInsights,
    EnableKinesisStreamingDestination: enableDestination,
    DisableKinesisStreamingDestination: disableDestination,
    UpdateKinesisStreamingDestination: updateDestination,
    DescribeKinesisStreamingDestination: describeDestinations,
  };

  const report = (call: AwsCall) => {
    const { RuleName = "" } = (parseJson(call.body) ?? {}) as { readonly RuleName?: string };
    if (![...insights.values()].some(({ rules }) => rules.includes(RuleName)))
      return jsonReply({ __type: "ResourceNotFoundException", message: `There is no rule ${RuleName}` }, 400);
    return jsonReply({
      KeyLabels: RuleName.includes("-SK") ? ["PartitionKey", "SortKey"] : ["PartitionKey"],
      AggregationStatistic: "Sum",
      AggregateValue: 0,
      ApproximateUniqueCount: 0,
      Contributors: [],
    });
  };

  return (call) => {
    if (call.target === reportTarget) return Promise.resolve(report(call));
    if (!call.target.startsWith(`${dynamodb}.`)) return undefined;
    const answer = answers[call.target.slice(dynamodb.length + 1)];
    return answer === undefined ? undefined : withTable(call, answer);
  };
}

/** CloudWatch's JSON protocol, which the AWS CLI speaks. */
const reportTarget = "GraniteServiceVersion20100801.GetInsightRuleReport";

/** As AWS names them: P for the partition key, S for both; C for accesses, T for throttles. */
function rulesOf(table: Table, { IndexName }: Input, mode: string, at: number): readonly string[] {
  const index = table.GlobalSecondaryIndexes?.find((one) => one.IndexName === IndexName);
  const schema = (IndexName === undefined ? table.KeySchema : index?.KeySchema) ?? [];
  const keys = schema.some(({ KeyType }) => KeyType === "RANGE") ? ["PK", "SK"] : ["PK"];
  const counted = mode === "THROTTLED_KEYS" ? ["T"] : ["C", "T"];
  const subject = [table.TableName, IndexName].filter((name) => name !== undefined).join("-");
  return keys.flatMap((key) =>
    counted.map((what) => `DynamoDBContributorInsights-${key}${what}-${subject}-${at}`),
  );
}

/** A table made anew under an old name starts with nothing; moto gives tables no id. */
const identity = ({ TableArn, CreationDateTime }: Table) => `${TableArn}@${CreationDateTime}`;

const refused = (type: string, message: string) =>
  jsonReply({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }, 400);

const noDestination = ({ TableName, StreamArn }: Input) =>
  refused("ResourceNotFoundException", `Table ${TableName} has no active destination ${StreamArn}`);
