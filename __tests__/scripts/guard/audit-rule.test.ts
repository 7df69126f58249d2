/** What loses records of an audit trail, and what only looks like it. */

import { judge } from "../../../scripts/lib/guard/judge";
import type { PlannedChange, Values } from "../../../scripts/lib/plan/planned-stack";
import { loadEnvironments } from "../../../stacks/environments";
import { change, plannedStack } from "../../support/planned";
import { guardContext } from "../../support/planned-changes";

const refusalsOf = (one: PlannedChange) =>
  judge(plannedStack("design-analysis-audit-staging", [one]), guardContext()).refusals;
const rulesOf = (one: PlannedChange) => refusalsOf(one).map(({ rule }) => rule);
const update = (type: string, before: Values, after: Values, unknown: Values = {}) =>
  change(`${type}.audit`, "update", { before, after, unknown });

const table = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
const tracking = table("design-analysis-tracking-staging");
const field = (name: string, ...equals: readonly string[]): Values => ({ field: name, equals });
const selecting = (...fields: readonly Values[]): Values => ({
  advanced_event_selector: [
    {
      field_selector: [
        field("eventCategory", "Data"),
        field("resources.type", "AWS::DynamoDB::Table"),
        ...fields,
      ],
    },
  ],
});
const ofTables = (...arns: readonly string[]) => selecting(field("resources.ARN", ...arns));

const trail: Values = {
  name: "design-analysis-audit-staging",
  enable_logging: true,
  enable_log_file_validation: true,
  kms_key_id: "arn:aws:kms:us-east-1:123456789012:key/2f3c",
  s3_bucket_name: "design-analysis-audit-staging-123456789012-us-east-1",
  tags: {},
  ...ofTables(tracking),
};
const trailTo = (after: Values, unknown: Values = {}) =>
  update("aws_cloudtrail", trail, { ...trail, ...after }, unknown);

const deny = (Sid: string, Action: string | readonly string[]) => ({
  Sid,
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: ["arn:aws:s3:::x/*"],
});
const allow = (Sid: string) => ({ Sid, Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } });
const policy = (...Statement: readonly object[]): Values => ({ policy: JSON.stringify({ Statement }) });
const deletions = ["s3:DeleteObject", "s3:DeleteObjectVersion"] as const;
const kept = deny("KeepRecords", deletions);
const policyTo = (...after: readonly object[]) =>
  update("aws_s3_bucket_policy", policy(allow("Write"), kept), policy(...after));

const rule = (days: number | null, status = "Enabled"): Values => ({
  status,
  expiration: days === null ? [] : [{ days }],
});
const retention = (before: readonly Values[], after: readonly Values[]) =>
  update("aws_s3_bucket_lifecycle_configuration", { rule: before }, { rule: after });

const blocking: Values = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const encryption = (sse_algorithm: string): Values => ({
  rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm }] }],
});

describe("in a protected environment is refused", () => {
  it.each<[string, PlannedChange, string]>([
    ["a trail that goes", change("aws_cloudtrail.audit", "delete", { before: trail }), "takes the trail"],
    [
      "one that leaves the state",
      change("aws_cloudtrail.audit", "forget", { before: trail }),
      "takes the trail",
    ],
    ["one made anew", change("aws_cloudtrail.audit", "replace", { before: trail }), "takes the trail"],
    ["one that stops", trailTo({ enable_logging: false }), "stops the trail"],
    ["one that signs no more", trailTo({ enable_log_file_validation: false }), "without a trace"],
    ["one without a key", trailTo({ kms_key_id: "" }), "takes the key from records"],
    ["another bucket", trailTo({ s3_bucket_name: "other" }), "to other in place of design-analysis-audit"],
    ["a table fewer", trailTo(ofTables(table("other"))), `no longer records reads of ${tracking}, writes of`],
    [
      "a pattern in the table's place",
      trailTo(selecting({ ...field("resources.ARN"), starts_with: ["x"] })),
      "no longer",
    ],
    [
      "writes alone",
      trailTo(selecting(field("resources.ARN", tracking), field("readOnly", "false"))),
      `records reads of ${tracking}.`,
    ],
    [
      "some calls alone",
      trailTo(selecting(field("resources.ARN", tracking), field("eventName", "PutItem"))),
      "no longer",
    ],
    ["management in the items' place", trailTo({ advanced_event_selector: [] }), "no longer records"],
    [
      "a bucket that goes",
      change("aws_s3_bucket.audit", "delete", { before: { bucket: "b" } }),
      "takes b away",
    ],
    [
      "one that may go with all",
      update("aws_s3_bucket", { force_destroy: false }, { force_destroy: true }),
      "force_destroy",
    ],
    ["a policy that goes", change("aws_s3_bucket_policy.audit", "delete"), "takes away the policy"],
    ["a denial lifted", policyTo(allow("Write")), "(KeepRecords)"],
    ["a denial of less", policyTo(allow("Write"), deny("KeepRecords", "s3:DeleteObject")), "(KeepRecords)"],
    [
      "public access",
      update("aws_s3_bucket_public_access_block", blocking, { ...blocking, block_public_policy: false }),
      "(block_public_policy)",
    ],
    ["fewer days", retention([rule(90)], [rule(30)]), "keeps records for 30 days in place of 90"],
    ["a second, shorter rule", retention([rule(90)], [rule(90), rule(7)]), "for 7 days in place of 90"],
    ["an end where there was none", retention([], [rule(90)]), "in place of always"],
    [
      "S3's own keys",
      update(
        "aws_s3_bucket_server_side_encryption_configuration",
        encryption("aws:kms"),
        encryption("AES256"),
      ),
      "no longer encrypts",
    ],
  ])("%s", (_, one, reason) => {
    const found = refusalsOf(one);
    expect(found.map(({ rule }) => rule)).toEqual(found.map(() => "loses-audit-records"));
    expect(found.map((refusal) => refusal.reason).join()).toContain(reason);
    for (const { subject, wayOut } of found) {
      expect(subject).toBe(one.address);
      expect(wayOut).toMatch(
        /^\(1\) .+, \(2\) .+ --allow ".+:<reason>"\. See docs\/runbooks\/audit-trail\.md#/,
      );
    }
  });

  it("its key that goes, in words of its own", () => {
    const [refusal, ...others] = refusalsOf(change("aws_kms_key.audit", "delete", { before: {} }));
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({
      rule: "destroys-key",
      reason:
        "The plan schedules the key's deletion: every record of the audit trail that it encrypts becomes unreadable.",
    });
  });
});

describe("goes through:", () => {
  it.each<[string, PlannedChange]>([
    ["a trail that is made", change("aws_cloudtrail.audit", "create", { after: trail })],
    ["another tag of it", trailTo({ tags: { Owner: "audit" } })],
    ["another key", trailTo({ kms_key_id: "arn:aws:kms:us-east-1:123456789012:key/9a0b" })],
    ["a key that is not known yet", trailTo({ kms_key_id: null }, { kms_key_id: true })],
    ["a table more", trailTo(ofTables(tracking, table("design-analysis-notes-staging")))],
    ["all tables", trailTo(selecting())],
    [
      "another name of the selector",
      trailTo({ advanced_event_selector: [{ ...selectorOf(trail), name: "Calls" }] }),
    ],
    [
      "a bucket's tag",
      update("aws_s3_bucket", { force_destroy: false }, { force_destroy: false, tags: { a: "b" } }),
    ],
    ["a denial more", policyTo(allow("Write"), kept, deny("KeepAcls", "s3:PutObjectAcl"))],
    ["an allowance fewer", policyTo(kept)],
    [
      "the same denial as AWS gives it back",
      policyTo(allow("Write"), {
        ...kept,
        Resource: "arn:aws:s3:::x/*",
        Action: deletions.toReversed(),
      }),
    ],
    ["a policy that is made", change("aws_s3_bucket_policy.audit", "create", { after: policy(kept) })],
    ["more days", retention([rule(90)], [rule(400)])],
    ["no end any more", retention([rule(90)], [rule(null)])],
    ["a shorter rule that is off", retention([rule(90)], [rule(90), rule(7, "Disabled")])],
    ["another alias of its key", change("aws_kms_alias.audit", "delete", { before: { name: "alias/x" } })],
  ])("%s", (_, one) => {
    expect(rulesOf(one)).toEqual([]);
  });

  it("in dev, everything but its key", () => {
    const dev = guardContext({ environment: loadEnvironments({}).dev });
    const changes = ["aws_cloudtrail", "aws_s3_bucket", "aws_s3_bucket_policy"].map((type) =>
      change(`${type}.audit`, "delete", { before: {} }),
    );
    expect(judge(plannedStack("design-analysis-audit-dev", changes), dev).refusals).toEqual([]);
  });
});

function selectorOf(values: Values): Values {
  const [selector] = values["advanced_event_selector"] as readonly Values[];
  return selector ?? {};
}
