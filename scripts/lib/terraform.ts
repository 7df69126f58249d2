import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CouldNotTell, describeError } from "./errors";
import { findExecutable } from "./executables";
import { toolsFolder } from "./paths";
import { run, type Outcome } from "./process";
import {
  cliConfigFile,
  cliConfiguration,
  fetchedConfiguration,
  providerSource,
  providerVersion,
  type ProviderSource,
} from "./provider-mirror";
import { downloadTerraform, terraformRelease } from "./terraform-release";

/** S3's native state lock came with 1.10. */
const oldestMinor = 10;

/** A Terraform that works here, and the variables with which it finds its provider. */
export interface Terraform {
  readonly binary: string;
  readonly version: string;
  readonly provider: ProviderSource;
  /** The text of the user's CLI configuration, if there is one. */
  readonly ownConfiguration: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds Terraform on the PATH or among the installed tools, and otherwise installs it there.
 *
 * @param folder takes the CLI configuration that this writes.
 * @throws CouldNotTell when there is none, or it is older than 1.10.
 */
export async function prepareTerraform(
  folder: string,
  variables: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Terraform> {
  const tools = toolsFolder(variables);
  const named = variables["TERRAFORM_BINARY_NAME"];
  const found = findExecutable(named || "terraform", variables, tools);
  if (found === undefined && named) {
    throw new CouldNotTell(
      `TERRAFORM_BINARY_NAME names "${named}", which is not there: correct or unset it.`,
    );
  }
  const binary = found ?? (await downloadTerraform(terraformRelease(variables), tools, signal));
  const version = await terraformVersionOf(binary, variables, signal);

  const provider = providerSource(variables);
  const file = cliConfigFile(variables);
  const ownConfiguration = file ? readFileSync(file, "utf8") : "";
  const pluginCache = join(tools, "plugin-cache");
  mkdirSync(pluginCache, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, "terraform.rc");
  writeFileSync(configuration, cliConfiguration(provider, ownConfiguration, pluginCache));
  return {
    binary,
    version,
    provider,
    ownConfiguration,
    environment: {
      TF_CLI_CONFIG_FILE: configuration,
      TERRAFORM_BINARY_NAME: binary,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    },
  };
}

/**
 * Fetches the AWS provider once, so that stacks which are initialized side by side find it: Terraform's plugin
 * cache does not bear two downloads at a time.
 *
 * @param folder takes the provider, or a link to it: to be kept as long as the variables are used.
 * @returns variables with which Terraform starts the fetched provider without checking it again; none where the
 * user's own configuration says where providers come from.
 * @throws CouldNotTell when the provider is to be had neither from a mirror nor from the registry.
 */
export async function fetchProvider(
  { binary, environment, provider: source, ownConfiguration }: Terraform,
  folder: string,
  variables: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const cwd = join(folder, "provider");
  mkdirSync(cwd, { recursive: true });
  const provider = { source: "hashicorp/aws", version: providerVersion };
  writeFileSync(
    join(cwd, "provider.tf.json"),
    JSON.stringify({ terraform: { required_providers: { aws: provider } } }),
  );
  const outcome = await run(binary, ["init", "-no-color", "-input=false"], {
    cwd,
    env: { ...variables, ...environment },
    ...(signal && { signal }),
  });
  if (outcome.code !== 0) {
    throw new CouldNotTell(
      `The AWS provider ${providerVersion} cannot be had: ${firstErrorLine(outcome)}. ` +
        "Let the machine reach the Terraform registry, or name a mirror with TF_PROVIDER_MIRROR.",
    );
  }
  if (source.kind === "terraform-configuration") return {};
  const configuration = join(folder, "fetched.rc");
  writeFileSync(configuration, fetchedConfiguration(join(cwd, ".terraform/providers"), ownConfiguration));
  return { TF_CLI_CONFIG_FILE: configuration };
}

/** Terraform frames errors with box characters; the line that begins with Error says what it is. */
export function firstErrorLine({ stdout, stderr, code }: Outcome): string {
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.replace(/^[│╷╵\s]+/, "").trim());
  return (
    lines.find((line) => line.startsWith("Error:")) ??
    lines.find((line) => line !== "") ??
    `exit code ${code}`
  );
}

async function terraformVersionOf(
  binary: string,
  variables: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<string> {
  const outcome = await run(binary, ["version", "-json"], {
    env: { ...variables, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "" },
    ...(signal && { signal }),
  });
  const version = parseVersion(outcome);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major !== 1 || minor < oldestMinor) {
    throw new CouldNotTell(
      `Terraform ${version} (${binary}) is not supported: install 1.${oldestMinor} or a newer 1.x.`,
    );
  }
  return version;
}

function parseVersion({ stdout, stderr }: Outcome): string {
  try {
    return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch (error) {
    throw new CouldNotTell(
      `terraform version -json gave no version (${stderr.trim() || describeError(error)}).`,
    );
  }
}
