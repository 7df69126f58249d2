import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "./environments";
import { localAccountId, localCredentials } from "./local-endpoint";
import { stateKey, type BootstrapId, type StackId } from "./naming";
import type { Settings } from "./settings";

export interface EnvironmentStackProps<Id extends StackId | BootstrapId> {
  readonly id: Id;
  readonly environment: Environment;
  readonly settings: Settings;
  /** The provider puts them on every resource. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A port that nothing listens on: see localProvider. */
const deadProxy = "http://127.0.0.1:9";

/** A stack in one environment: provider, default tags and backend. */
export class EnvironmentStack<
  Id extends StackId | BootstrapId = StackId | BootstrapId,
> extends TerraformStack {
  readonly stackId: Id;
  readonly environment: Environment;
  readonly settings: Settings;

  constructor(scope: Construct, { id, environment, settings, tags }: EnvironmentStackProps<Id>) {
    super(scope, id);
    this.stackId = id;
    this.environment = environment;
    this.settings = settings;
    this.addProvider(tags);
    this.addBackend();
    this.addOverride("terraform.required_version", ">= 1.10.0");
  }

  /** Planned against the local AWS, whatever the environment. */
  get onLocalAws(): boolean {
    return this.settings.localEndpoint !== undefined || this.environment.name === "local";
  }

  private addProvider(tags: Readonly<Record<string, string>>): void {
    const { accountId, region } = this.environment;
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { ...tags } }],
      ...(accountId && { allowedAccountIds: [accountId] }),
      ...(this.onLocalAws && localProvider),
    });
  }

  private addBackend(): void {
    const { stateBucket, region } = this.environment;
    if (stateBucket === undefined) {
      new LocalBackend(this, { path: `${this.settings.stateFolder}/${this.stackId}.tfstate` });
      return;
    }
    new S3Backend(this, {
      bucket: stateBucket,
      key: stateKey(this.stackId),
      region,
      encrypt: true,
      ...(this.onLocalAws && { ...localCredentials, usePathStyle: true, skipS3Checksum: true }),
    });
    // cdktf 0.21 has no property for S3's native lock (Terraform >= 1.10).
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }
}

/**
 * Keeps a plan on this machine: worthless credentials, the local account alone, and a dead proxy, which Go
 * uses for every address but loopback's: no call can reach AWS or another host. Few retries: what the local
 * AWS lacks fails in seconds.
 */
const localProvider = {
  ...localCredentials,
  allowedAccountIds: [localAccountId],
  httpProxy: deadProxy,
  httpsProxy: deadProxy,
  // In place of a NO_PROXY that exempts AWS.
  noProxy: "127.0.0.1,localhost",
  maxRetries: 1,
  s3UsePathStyle: true,
  skipMetadataApiCheck: "true",
};
