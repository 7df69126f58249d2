import { resolve } from "node:path";
import { loadEnvironments } from "../../stacks/environments";
import { isLoopback } from "../../stacks/local-endpoint";
import { loadSettings } from "../../stacks/settings";
import { resource, synthesize, synthesizeAll } from "../support/synthesis";

describe("an environment's variables", () => {
  it("are read by the environment's name", () => {
    const { dev, prod } = loadEnvironments({
      PROD_ACCOUNT_ID: "111122223333",
      PROD_REGION: "eu-central-1",
      PROD_STATE_BUCKET: "dynamodb-layer-state-prod",
      PROD_AGENTCORE_ROLE: "agentcore-execution-role",
    });
    expect(prod).toMatchObject({
      accountId: "111122223333",
      region: "eu-central-1",
      stateBucket: "dynamodb-layer-state-prod",
      existingRoles: { agentcore: "agentcore-execution-role" },
    });
    expect(dev).toMatchObject({ region: "us-east-1", existingRoles: {} });
    expect(dev.accountId).toBeUndefined();
  });

  it.each([
    ["PROD_ACCOUNT_ID", "1111-2222-3333", "an account id of 12 digits"],
    ["DEV_REGION", "virginia", "a region of the partition aws, such as us-east-1"],
    ["PROD_REGION", "cn-north-1", "a region of the partition aws, such as us-east-1"],
    ["STAGING_STATE_BUCKET", "My_Bucket", "an S3 bucket's name"],
    ["DEV_ALARM_EMAILS", "on-call@example.com, ops", "e-mail addresses, by comma without spaces"],
    ["DEV_CORS_ORIGINS", "*", "origins such as https://portal.example.com, by comma without spaces"],
    ["PROD_CHATBOT_ROLE", "arn:aws:iam::111122223333:role/chatbot", "an IAM role's name"],
  ])("are refused when malformed: %s=%s", (variable, value, form) => {
    expect(() => loadEnvironments({ [variable]: value })).toThrow(
      `${variable} must be ${form}; found "${value}".`,
    );
  });

  it.each(["PROD_JWT_ISSUER", "PROD_JWT_AUDIENCE"])(
    "are refused when only one of a pair is set: %s",
    (name) => {
      expect(() => loadEnvironments({ [name]: "https://login.example.com" })).toThrow(
        "Set PROD_JWT_ISSUER and PROD_JWT_AUDIENCE both, or neither.",
      );
    },
  );

  it("are refused when pages may call an API that takes no tokens", () => {
    expect(() => loadEnvironments({ DEV_CORS_ORIGINS: "https://portal.example.com" })).toThrow(
      "DEV_CORS_ORIGINS needs DEV_JWT_ISSUER and DEV_JWT_AUDIENCE: a page calls with a token.",
    );
  });

  it("count as unset when they are empty", () => {
    expect(loadEnvironments({ PROD_ACCOUNT_ID: "" }).prod.accountId).toBeUndefined();
  });
});

describe("the provider", () => {
  it("refuses any other account when the environment's is known", () => {
    const document = synthesize("conversations-tables-prod", { PROD_ACCOUNT_ID: "111122223333" });
    expect(document.provider.aws[0]).toMatchObject({ allowed_account_ids: ["111122223333"] });
    const unknown = synthesize("conversations-tables-prod");
    expect(unknown.provider.aws[0]).not.toHaveProperty("allowed_account_ids");
  });

  it("uses the environment's region, for the key's condition too", () => {
    const document = synthesize("conversations-tables-dev", { DEV_REGION: "eu-west-1" });
    expect(document.provider.aws[0]).toMatchObject({ region: "eu-west-1" });
    const policy = resource(document, "aws_iam_policy", "DynamoDBConversationsAccess")["policy"];
    expect(policy).toContain("dynamodb.eu-west-1.amazonaws.com");
  });
});

describe("the backend", () => {
  it("is a bucket with native locking where one is named", () => {
    const document = synthesize("trade-status-tables-prod", { PROD_STATE_BUCKET: "layer-state-prod" });
    expect(document.terraform.backend).toEqual({
      s3: {
        bucket: "layer-state-prod",
        key: "trade-status-tables-prod/terraform.tfstate",
        region: "us-east-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it("is a file of STATE_FOLDER where that is set, wherever Terraform runs", () => {
    const { local } = synthesize("trade-status-tables-prod", { STATE_FOLDER: "states" }).terraform.backend;
    expect(local).toEqual({ path: resolve("states/trade-status-tables-prod.tfstate") });
  });

  it("is a file beside the repository otherwise", () => {
    expect(synthesize("trade-status-tables-prod").terraform.backend).toEqual({
      local: { path: "../../../.terraform-state/trade-status-tables-prod.tfstate" },
    });
  });
});

describe("the local AWS", () => {
  const local = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };

  it("takes every environment when AWS_ENDPOINT_URL points at this machine, with worthless credentials", () => {
    for (const document of synthesizeAll(local).values()) {
      expect(document.provider.aws[0]).toMatchObject({
        access_key: "local",
        secret_key: "local",
        allowed_account_ids: ["123456789012"],
        max_retries: 1,
      });
    }
  });

  it("takes the account that production knows of for its own there", () => {
    const document = synthesize("conversations-tables-prod", { ...local, PROD_ACCOUNT_ID: "111122223333" });
    expect(document.provider.aws[0]).toMatchObject({ allowed_account_ids: ["123456789012"] });
  });

  it("never shares a state file with AWS, also where only the endpoint is set", () => {
    const { local: file } = synthesize("conversations-tables-dev", local).terraform.backend;
    expect(file).toEqual({ path: "../../../.local/state/conversations-tables-dev.tfstate" });
  });

  it("keeps its state in a bucket of its own, with the lock", () => {
    const variables = { ...local, DEV_STATE_BUCKET: "layer-state-dev" };
    const { s3 } = synthesize("trade-status-tables-dev", variables).terraform.backend;
    expect(s3).toMatchObject({ use_path_style: true, skip_s3_checksum: true, use_lockfile: true });
  });

  it("is no other environment's affair when AWS_ENDPOINT_URL points elsewhere", () => {
    const elsewhere = { AWS_ENDPOINT_URL: "https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com" };
    const prod = synthesize("conversations-tables-prod", elsewhere);
    expect(prod.provider.aws[0]).not.toHaveProperty("access_key");
  });

  it("cannot be left by the environment local, whatever the endpoint: all else goes to a dead proxy", () => {
    const document = synthesize("conversations-tables-local", { AWS_ENDPOINT_URL: "https://example.com" });
    expect(document.provider.aws[0]).toMatchObject({
      access_key: "local",
      http_proxy: "http://127.0.0.1:9",
      https_proxy: "http://127.0.0.1:9",
      allowed_account_ids: ["123456789012"],
    });
  });

  it.each([
    ["http://127.0.0.1:4566", true],
    ["http://localhost:4566", true],
    ["http://[::1]:4566", true],
    ["http://127.0.0.1.example.com", false],
    ["https://dynamodb.us-east-1.amazonaws.com", false],
    ["http://10.0.0.5:4566", false],
    ["4566", false],
  ])("is only what cannot leave this machine: %s is %s", (url, expected) => {
    expect(isLoopback(url)).toBe(expected);
  });
});

describe("RELEASE_PROTECTION", () => {
  const released = (table: string, environment: "staging" | "prod" = "staging") =>
    synthesize(`agent-matching-tables-${environment}`, { RELEASE_PROTECTION: table });

  it("takes the protection off the named table, and off nothing else", () => {
    const document = released("agent-profiles-staging");
    expect(document.resource["aws_dynamodb_table"]).toMatchObject({
      "agent-profiles": { deletion_protection_enabled: false, lifecycle: { prevent_destroy: false } },
      "agent-conversations": { deletion_protection_enabled: true, lifecycle: { prevent_destroy: true } },
    });
    const prod = released("agent-profiles-staging", "prod");
    expect(prod.resource["aws_dynamodb_table"]?.["agent-profiles"]).toMatchObject({
      deletion_protection_enabled: true,
    });
  });

  it("keeps the key until every table that it encrypts is released", () => {
    const keyOf = (tables: string) => released(tables).resource["aws_kms_key"]?.["key"]?.["lifecycle"];
    expect(keyOf("agent-profiles-staging")).toEqual({ prevent_destroy: true });
    expect(keyOf("agent-profiles-staging, agent-conversations-staging")).toEqual({ prevent_destroy: false });
  });

  it("is refused for a name that is no protected table", () => {
    expect(() => loadSettings({ RELEASE_PROTECTION: "agent-profiles-dev" })).toThrow(
      'RELEASE_PROTECTION names "agent-profiles-dev", which is no protected table.',
    );
  });
});
