/** The guard's cases of audit trails, as far as the local AWS has them: the rest is in audit-rule.test.ts. */

import { merged, refused, through, type GuardCase, type Resources } from "./guard-cases";
import type { Block } from "./synthesis";

const bucketOf = (id: string): Resources => ({
  aws_s3_bucket: { [`${id}__bucket`]: { bucket: `${id}-staging-records` } },
});

const trail = (id: string, changes: Block = {}): Resources =>
  merged(bucketOf(id), {
    aws_cloudtrail: {
      [id]: { name: `${id}-staging`, s3_bucket_name: `\${aws_s3_bucket.${id}__bucket.id}`, ...changes },
    },
  });

const ofTables = (...names: readonly string[]): Block => ({
  advanced_event_selector: {
    field_selector: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
      {
        field: "resources.ARN",
        equals: names.map((name) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}-staging`),
      },
    ],
  },
});

export const auditCases: readonly GuardCase[] = [
  refused(
    "stopped-trail",
    "an audit trail stopped",
    ["loses-audit-records"],
    trail("stopped-trail"),
    trail("stopped-trail", { enable_logging: false }),
  ),
  through(
    "wider-trail",
    "an audit trail of a table more",
    ["loses-audit-records"],
    trail("wider-trail", ofTables("agent-profiles")),
    trail("wider-trail", ofTables("agent-profiles", "agent-conversations")),
  ),
];
