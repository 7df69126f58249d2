import { stacksOf } from "../../../stacks/naming";
import { environmentNames } from "../../../tables/naming";
import { synthesizeBootstrap } from "../../support/bootstrap-stack";
import { withAccount } from "../../support/policies";
import { resource, synthesizeAll, type StackDocument } from "../../support/synthesis";

const prod = synthesizeBootstrap("prod");
const bucket = (type: string) => resource(prod, type, "state");

describe("the state bucket", () => {
  it("is never destroyed", () => {
    expect(bucket("aws_s3_bucket")).toMatchObject({
      bucket: "acme-dynamodb-layer-prod",
      lifecycle: { prevent_destroy: true },
    });
  });

  it("keeps every version of a state", () => {
    expect(bucket("aws_s3_bucket_versioning")).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
  });

  it("forgets a version after 90 days, when there are a hundred newer ones", () => {
    expect(bucket("aws_s3_bucket_lifecycle_configuration")["rule"]).toEqual([
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrent_version_expiration: [{ noncurrent_days: 90, newer_noncurrent_versions: 100 }],
        expiration: [{ expired_object_delete_marker: true }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });

  it("is encrypted with S3's own keys, as the backend asks for", () => {
    expect(bucket("aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
    ]);
  });

  it("knows no ACL and nothing public", () => {
    expect(bucket("aws_s3_bucket_ownership_controls")).toMatchObject({
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(bucket("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("refuses everyone without current TLS, and everyone who would delete a state or a version", () => {
    const { Statement } = JSON.parse(bucket("aws_s3_bucket_policy")["policy"] as string) as {
      readonly Statement: readonly object[];
    };
    const all = ["arn:aws:s3:::acme-dynamodb-layer-prod", "arn:aws:s3:::acme-dynamodb-layer-prod/*"];
    const deny = { Effect: "Deny", Principal: "*" };
    expect(Statement).toEqual([
      {
        ...deny,
        Sid: "OnlyTls",
        Action: "s3:*",
        Resource: all,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        ...deny,
        Sid: "OnlyCurrentTls",
        Action: "s3:*",
        Resource: all,
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
      },
      { ...deny, Sid: "KeepStates", Action: "s3:DeleteObject", Resource: [`${all[0]}/*/terraform.tfstate`] },
      { ...deny, Sid: "KeepVersions", Action: "s3:DeleteObjectVersion", Resource: [all[1]] },
    ]);
  });
});

describe("whom the roles trust", () => {
  const conditionOf = (document: StackDocument, role: string) => {
    const { assume_role_policy } = resource(document, "aws_iam_role", role);
    const { Statement } = JSON.parse(assume_role_policy as string) as {
      readonly Statement: readonly {
        readonly Action: string;
        readonly Principal: { readonly Federated: string };
        readonly Condition: object;
      }[];
    };
    expect(Statement).toHaveLength(1);
    expect(Statement[0]?.Action).toBe("sts:AssumeRoleWithWebIdentity");
    return Statement[0];
  };
  const issuer = "token.actions.githubusercontent.com";

  it("plan: pull requests and the main branch of the repository, exactly", () => {
    expect(conditionOf(prod, "plan")?.Condition).toEqual({
      StringEquals: {
        [`${issuer}:aud`]: "sts.amazonaws.com",
        [`${issuer}:sub`]: [
          "repo:acme/dynamodb-layer:pull_request",
          "repo:acme/dynamodb-layer:ref:refs/heads/main",
        ],
      },
    });
  });

  it("apply: jobs of the repository in GitHub's environment of that name, exactly", () => {
    for (const name of ["dev", "staging", "prod"] as const) {
      expect(conditionOf(synthesizeBootstrap(name), "apply")?.Condition).toEqual({
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: [`repo:acme/dynamodb-layer:environment:${name}`],
        },
      });
    }
  });

  it("has the ids where the repository's tokens have them, and another branch where one is named", () => {
    const document = synthesizeBootstrap("dev", {
      DEV_PIPELINE_REPOSITORY: "acme@1234/dynamodb-layer@5678",
      DEV_PIPELINE_BRANCH: "release/2",
    });
    expect(JSON.stringify(conditionOf(document, "plan"))).toContain(
      "repo:acme@1234/dynamodb-layer@5678:ref:refs/heads/release/2",
    );
  });

  it("uses the account's provider where there is one, and makes none", () => {
    const document = synthesizeBootstrap("dev", { DEV_PIPELINE_PROVIDER: "existing" });
    expect(document.resource).not.toHaveProperty("aws_iam_openid_connect_provider");
    expect(withAccount(conditionOf(document, "plan")?.Principal.Federated ?? "")).toBe(
      `arn:aws:iam::123456789012:oidc-provider/${issuer}`,
    );
  });
});

describe("a provider for tokens that the settings no longer have", () => {
  it.each([{ DEV_PIPELINE_PROVIDER: "existing" }, { DEV_PIPELINE_REPOSITORY: "" }])(
    "stays in the account, whose other environments may use it: %j",
    (settings) => {
      expect(synthesizeBootstrap("dev", settings)).toHaveProperty("removed", [
        { from: "aws_iam_openid_connect_provider.github", lifecycle: { destroy: false } },
      ]);
    },
  );

  it("is not forgotten where they have it", () => {
    expect(prod).not.toHaveProperty("removed");
  });
});

describe("the bootstrap stack", () => {
  it("is the bucket and the policies of those who verify where no repository is named", () => {
    const { resource: resources } = synthesizeBootstrap("dev", { DEV_PIPELINE_REPOSITORY: "" });
    const others = Object.entries(resources).filter(([type]) => !type.startsWith("aws_s3_bucket"));
    expect(others.map(([type, blocks]) => [type, Object.keys(blocks)])).toEqual([
      ["aws_iam_policy", ["verify_services", "verify_tables"]],
    ]);
  });

  it("is no part of the app, which keeps its stacks", () => {
    const stacks = [...synthesizeAll({ DEV_PIPELINE_REPOSITORY: "acme/dynamodb-layer" }).keys()];
    expect(stacks.sort()).toEqual(environmentNames.flatMap(stacksOf).sort());
    expect(stacks.filter((id) => id.startsWith("bootstrap"))).toEqual([]);
  });

  it("is what was reviewed", () => {
    expect(prod).toMatchSnapshot();
  });
});
