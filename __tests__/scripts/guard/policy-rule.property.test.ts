import fc from "fast-check";
import { judge } from "../../../scripts/lib/guard/judge";
import { localAccountId } from "../../../stacks/local-endpoint";
import { changeOf, guardContext, planOf, refusing } from "../../support/planned-changes";

const another = "999988887777";
const created = (type: string, after: Record<string, string>) => changeOf(type, { action: "create", after });
const isRefused = (...statements: readonly object[]): boolean =>
  refusing(
    created("aws_sqs_queue_policy", {
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    }),
  ).includes("public-policy");
const allow = (principal: object, condition?: object) => ({
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: "*",
  ...principal,
  ...(condition && { Condition: condition }),
});

const open = fc.constantFrom(
  { Principal: "*" },
  { Principal: ["*"] },
  { Principal: { AWS: "*" } },
  { Principal: { AWS: [`arn:aws:iam::${localAccountId}:role/reader`, "*"] } },
  { Principal: { AWS: another } },
  { Principal: { AWS: `arn:aws:iam::${another}:root` } },
  { Principal: { AWS: "arn:aws:iam::*:root" } },
  { NotPrincipal: { AWS: `arn:aws:iam::${localAccountId}:role/reader` } },
  { Principal: { Everyone: "x" } },
);
const closed = fc.constantFrom(
  { Principal: { AWS: localAccountId } },
  { Principal: { AWS: [`arn:aws:iam::${localAccountId}:root`] } },
  { Principal: { AWS: `arn:aws:iam::${another}:role/partner` } },
  { Principal: { Service: "events.amazonaws.com" } },
);
/** A condition's key, with what it is compared to. */
type Key = readonly [string, string | readonly string[]];
const operator = fc.constantFrom(
  "StringEquals",
  "stringlike",
  "ArnLike",
  "ArnEquals",
  "ForAnyValue:StringEquals",
  "StringEqualsIgnoreCase",
);
/** Keys with values that leave others out. */
const narrow = fc.constantFrom<Key[]>(
  ["aws:SourceAccount", localAccountId],
  ["AWS:PRINCIPALACCOUNT", [localAccountId]],
  ["kms:CallerAccount", localAccountId],
  ["aws:PrincipalOrgID", "o-abcdefghij"],
  ["aws:PrincipalOrgPaths", ["o-abcdefghij/r-ab12/ou-ab12-11111111/*"]],
  ["aws:SourceArn", `arn:aws:events:us-east-1:${localAccountId}:rule/*`],
  ["aws:SourceArn", "arn:aws:s3:::brand-uploads"],
  ["aws:PrincipalArn", `arn:aws:iam::${localAccountId}:role/*`],
);
/** And those with which others still come in. */
const wide = fc.constantFrom<Key[]>(
  ["aws:SourceAccount", another],
  ["aws:SourceAccount", [localAccountId, another]],
  ["aws:SourceAccount", "*"],
  ["aws:SourceAccount", []],
  ["aws:PrincipalOrgID", "*"],
  ["aws:PrincipalOrgPaths", ["*"]],
  ["aws:SourceArn", "arn:aws:events:*:*:rule/*"],
  ["aws:SourceArn", "*"],
  ["aws:SourceArn", "arn:aws:s3:::*"],
  ["aws:ResourceAccount", localAccountId],
  ["aws:SourceIp", "0.0.0.0/0"],
  ["aws:SecureTransport", "true"],
);
const loose = fc.constantFrom(
  "StringEqualsIfExists",
  "ArnLikeIfExists",
  "StringNotEquals",
  "ArnNotLike",
  "ForAllValues:StringEquals",
  "ForAnyValue:StringLikeIfExists",
  "Null",
);
const entry = ([key, value]: Key): object => ({ [key]: value });

describe("the rule of public policies", () => {
  it("refuses everyone, and other accounts as a whole, with no condition or one that lets them in", () => {
    fc.assert(
      fc.property(open, operator, wide, loose, narrow, (principal, strict, wider, looser, narrower) => {
        expect(isRefused(allow(principal))).toBe(true);
        expect(isRefused(allow(principal, { [strict]: entry(wider) }))).toBe(true);
        expect(isRefused(allow(principal, { [looser]: entry(narrower) }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("lets them through with one condition that narrows them, whatever stands beside it", () => {
    fc.assert(
      fc.property(open, operator, narrow, wide, (principal, strict, narrower, wider) => {
        const beside = { StringLike: entry(wider), Bool: { "aws:SecureTransport": "true" } };
        expect(
          isRefused(allow(principal, { ...beside, [strict]: { ...entry(wider), ...entry(narrower) } })),
        ).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("judges each statement for itself, and those that allow only", () => {
    fc.assert(
      fc.property(closed, open, (ours, theirs) => {
        expect(isRefused(allow(ours))).toBe(false);
        expect(isRefused(allow(ours), allow(theirs))).toBe(true);
        expect(isRefused(allow(ours), { ...allow(theirs), Effect: "Deny" })).toBe(false);
      }),
    );
  });

  it("never fails on a policy that is none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (policy) => {
        expect(() => refusing(created("aws_s3_bucket_policy", { policy }))).not.toThrow();
      }),
    );
    expect(refusing(created("aws_s3_bucket_policy", { policy: "{" }))).toEqual(["public-policy"]);
  });
});

describe("the rule of public policies, of what it cannot see", () => {
  it("refuses a policy that is known only after the apply, and lets one through that AWS computes", () => {
    const unknown = { policy: true };

    expect(refusing(changeOf("aws_sqs_queue_policy", { action: "create", after: {}, unknown }))).toEqual([
      "public-policy",
    ]);
    expect(refusing(changeOf("aws_sqs_queue", { action: "create", after: {}, unknown }))).toEqual([]);
  });

  it("takes no account for another's while ours is not known, and everyone for everyone", () => {
    const policy = (principal: string) =>
      JSON.stringify({
        Statement: { Effect: "Allow", Principal: { AWS: principal }, Action: "kms:*", Resource: "*" },
      });
    const refusals = (principal: string) => {
      const { environment, allowances, now, lastOnDemand } = guardContext();
      const key = created("aws_kms_key", { policy: policy(principal) });
      return judge(planOf("agent-matching-tables-staging", key), {
        environment,
        allowances,
        now,
        lastOnDemand,
      }).refusals;
    };

    expect(refusals(another)).toEqual([]);
    expect(refusals("*")).toHaveLength(1);
  });

  it("lets a policy go", () => {
    const policy = '{"Statement":{"Effect":"Allow","Principal":"*"}}';

    expect(refusing(changeOf("aws_sqs_queue_policy", { action: "delete", before: { policy } }))).toEqual([]);
  });
});

describe("a role that an issuer of tokens may assume", () => {
  const trust = (condition: object) =>
    refusing(
      created("aws_iam_role", {
        assume_role_policy: JSON.stringify({
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRoleWithWebIdentity",
              Principal: {
                Federated: `arn:aws:iam::${localAccountId}:oidc-provider/token.actions.githubusercontent.com`,
              },
              Condition: condition,
            },
          ],
        }),
      }),
    );
  const audience = { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" };
  const subject = "token.actions.githubusercontent.com:sub";

  it("is refused for every repository there is", () => {
    expect(trust({ StringEquals: audience })).toEqual(["public-policy"]);
    expect(trust({ StringEquals: audience, StringLike: { [subject]: "repo:*" } })).toEqual(["public-policy"]);
    expect(trust({ StringEqualsIfExists: { [subject]: "repo:org/tables:ref:refs/heads/main" } })).toEqual([
      "public-policy",
    ]);
  });

  it("goes through for one repository", () => {
    expect(trust({ StringLike: { ...audience, [subject]: "repo:org/tables:*" } })).toEqual([]);
    expect(trust({ StringEquals: { [subject]: ["repo:org/tables:environment:prod"] } })).toEqual([]);
  });
});

describe("a permission of a function", () => {
  const permission = (after: Record<string, string>, unknown = {}) =>
    refusing(changeOf("aws_lambda_permission", { action: "create", after, unknown }));

  it.each([
    [{ principal: "*" }],
    [{ principal: another }],
    [{ principal: "s3.amazonaws.com", source_account: another }],
    [{ principal: "events.amazonaws.com", source_arn: "arn:aws:events:us-east-1:*:rule/*" }],
  ])("is refused: %j", (after) => {
    expect(permission(after)).toEqual(["public-policy"]);
  });

  it.each([
    [{ principal: localAccountId }],
    [{ principal: `arn:aws:iam::${another}:role/partner` }],
    [{ principal: "*", principal_org_id: "o-abcdefghij" }],
    [{ principal: "events.amazonaws.com", source_arn: `arn:aws:events:us-east-1:${localAccountId}:rule/x` }],
  ])("goes through: %j", (after) => {
    expect(permission(after)).toEqual([]);
  });

  it("goes through when its source is made in the same plan", () => {
    expect(permission({ principal: "apigateway.amazonaws.com" }, { source_arn: true })).toEqual([]);
  });
});
