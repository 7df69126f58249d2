import { describeDefects } from "../../support/definition";

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883";
const replicaKeyArn = keyArn.replace("us-east-1", "eu-west-1");

describeDefects("streams, recovery, encryption and replicas", [
  {
    defect: "a stream without a view type",
    changes: { stream: true },
    rule: "stream-view",
    limit: "KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES",
    value: "true",
  },
  {
    defect: "point-in-time recovery over 99 days",
    changes: { recoveryDays: 99 },
    rule: "recovery-period",
    limit: "1 to 35 days",
    value: "99",
  },
  {
    defect: "a replica without a full stream",
    changes: { stream: "KEYS_ONLY", replicas: [{ region: "eu-west-1", keyArns: { prod: replicaKeyArn } }] },
    rule: "replica-stream",
    limit: "NEW_AND_OLD_IMAGES",
    value: "KEYS_ONLY",
  },
  {
    defect: "two replicas in one region",
    changes: {
      stream: "NEW_AND_OLD_IMAGES",
      replicas: [
        { region: "eu-west-1", keyArns: { prod: replicaKeyArn } },
        { region: "eu-west-1", keyArns: { prod: replicaKeyArn } },
      ],
    },
    rule: "replica-region-twice",
    limit: "one replica a region",
    value: "eu-west-1",
  },
  {
    defect: "a key that is not an ARN",
    changes: { keyArns: { prod: "d79b93e0-6a66-43f9-95ea-6d095d3bd883" } },
    rule: "kms-key-arn",
    limit: "a key is named by its ARN",
    value: `"d79b93e0-6a66-43f9-95ea-6d095d3bd883" (keyArns.prod)`,
  },
  {
    defect: "an alias ARN as the key",
    changes: { keyArns: { prod: "arn:aws:kms:us-east-1:123456789012:alias/conversations" } },
    rule: "kms-alias",
    limit: "a key is named by its ARN",
    value: "alias/conversations",
  },
  {
    defect: "an alias name as the key",
    changes: { keyArns: { dev: "alias/aws/dynamodb" } },
    rule: "kms-alias",
    limit: "a key is named by its ARN",
    value: "alias/aws/dynamodb",
  },
  {
    defect: "a replica's key in another region",
    changes: {
      stream: "NEW_AND_OLD_IMAGES",
      replicas: [{ region: "eu-west-1", keyArns: { prod: keyArn } }],
    },
    rule: "kms-key-region",
    limit: "in the table's region",
    value: "a key of us-east-1 (replica in eu-west-1, keyArns.prod)",
  },
  {
    defect: "a replica without a key in any environment",
    changes: { stream: "NEW_AND_OLD_IMAGES", replicas: [{ region: "eu-west-1", keyArns: {} }] },
    rule: "replica-key",
    limit: "a key is named by its ARN",
    value: "no key (replica in eu-west-1)",
  },
]);
