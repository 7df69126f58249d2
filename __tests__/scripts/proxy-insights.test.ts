import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContributorInsightsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DisableKinesisStreamingDestinationCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  UpdateContributorInsightsCommand,
  UpdateKinesisStreamingDestinationCommand,
} from "@aws-sdk/client-dynamodb";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";

const TableName = "ai-trade-matching-processing-status-dev";
const IndexName = "by-status";
const StreamArn = "arn:aws:kinesis:us-east-1:123456789012:stream/statuses";

describe("contributor insights and Kinesis destinations on the local AWS", () => {
  let aws: LocalAws;
  let dynamodb: DynamoDBClient;

  beforeAll(async () => {
    aws = await startLocalAws();
    dynamodb = new DynamoDBClient({
      endpoint: aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  });
  afterAll(async () => {
    dynamodb.destroy();
    await aws.stop();
  });
  beforeEach(() =>
    dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "session_id", AttributeType: "S" },
          { AttributeName: "status", AttributeType: "S" },
        ],
        KeySchema: [{ AttributeName: "session_id", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName,
            KeySchema: [{ AttributeName: "status", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    ),
  );
  afterEach(() => dynamodb.send(new DeleteTableCommand({ TableName })));

  const insightsOf = async (index?: string) => {
    const found = await dynamodb.send(
      new DescribeContributorInsightsCommand({ TableName, ...(index && { IndexName: index }) }),
    );
    return [
      found.ContributorInsightsStatus,
      found.ContributorInsightsMode,
      found.ContributorInsightsRuleList,
    ];
  };
  const destinations = async () => {
    const found = await dynamodb.send(new DescribeKinesisStreamingDestinationCommand({ TableName }));
    return found.KinesisDataStreamDestinations;
  };
  const turn = (ContributorInsightsAction: "ENABLE" | "DISABLE", index?: string) =>
    dynamodb.send(
      new UpdateContributorInsightsCommand({
        TableName,
        ContributorInsightsAction,
        ...(index && { IndexName: index }),
      }),
    );

  it("are off and absent until someone turns them on", async () => {
    expect(await insightsOf()).toEqual(["DISABLED", undefined, undefined]);
    expect(await insightsOf(IndexName)).toEqual(["DISABLED", undefined, undefined]);
    expect(await destinations()).toEqual([]);
  });

  it("are kept for a table and its index apart, with the rules that AWS makes", async () => {
    expect((await turn("ENABLE", IndexName)).ContributorInsightsStatus).toBe("ENABLING");
    expect(await insightsOf()).toEqual(["DISABLED", undefined, undefined]);
    expect(await insightsOf(IndexName)).toEqual([
      "ENABLED",
      "ACCESSED_AND_THROTTLED_KEYS",
      [
        expect.stringMatching(/^DynamoDBContributorInsights-PKC-ai-trade-.*-dev-by-status-\d+$/),
        expect.stringMatching(/^DynamoDBContributorInsights-PKT-ai-trade-.*-dev-by-status-\d+$/),
      ],
    ]);
    await turn("DISABLE", IndexName);
    expect(await insightsOf(IndexName)).toEqual(["DISABLED", undefined, undefined]);
  });

  it("has rules for throttled keys alone where these are asked for, with empty reports", async () => {
    const ContributorInsightsMode = "THROTTLED_KEYS";
    const turned = { TableName, ContributorInsightsAction: "ENABLE", ContributorInsightsMode } as const;
    await dynamodb.send(new UpdateContributorInsightsCommand(turned));
    const [, mode, rules = []] = await insightsOf();
    expect([mode, rules]).toEqual([ContributorInsightsMode, [expect.stringContaining("-PKT-")]]);
    const report = async (RuleName: unknown) => {
      const headers = { "x-amz-target": "GraniteServiceVersion20100801.GetInsightRuleReport" };
      const body = JSON.stringify({ RuleName });
      return (await (await fetch(aws.endpoint, { method: "POST", headers, body })).json()) as object;
    };
    expect(await report(rules[0])).toMatchObject({ KeyLabels: ["PartitionKey"], Contributors: [] });
    expect(await report("absent")).toMatchObject({ __type: "ResourceNotFoundException" });
  });

  it("streams to Kinesis, in the precision asked for, until told not to", async () => {
    const of = { TableName, StreamArn };
    await dynamodb.send(new EnableKinesisStreamingDestinationCommand(of));
    const active = { StreamArn, DestinationStatus: "ACTIVE" };
    expect(await destinations()).toEqual([
      { ...active, ApproximateCreationDateTimePrecision: "MILLISECOND" },
    ]);
    await dynamodb.send(
      new UpdateKinesisStreamingDestinationCommand({
        ...of,
        UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: "MICROSECOND" },
      }),
    );
    expect(await destinations()).toEqual([
      { ...active, ApproximateCreationDateTimePrecision: "MICROSECOND" },
    ]);
    await dynamodb.send(new DisableKinesisStreamingDestinationCommand(of));
    expect(await destinations()).toMatchObject([{ StreamArn, DestinationStatus: "DISABLED" }]);
  });

  it("are not those of an earlier table of the same name, which the test before turned on", async () => {
    expect(await destinations()).toEqual([]);
  });

  it("are refused for an index and a table that are not there", async () => {
    await expect(insightsOf("by-user")).rejects.toThrow(/Index: by-user not found/);
    const absent = new DescribeContributorInsightsCommand({ TableName: "absent" });
    await expect(dynamodb.send(absent)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
