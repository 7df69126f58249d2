import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CouldNotTell, describeError } from "./errors";
import { findExecutable } from "./executables";
import { toolsFolder } from "./paths";
import { run, type Outcome } from "./process";
import { cliConfigFile, cliConfiguration, providerSource, type ProviderSource } from "./provider-mirror";
import { downloadTerraform, terraformRelease } from "./terraform-release";

/** S3's native state lock came with 1.10. */
const oldestMinor = 10;

/** A Terraform that works here, and the variables with which it finds its provider. */
export interface Terraform {
  readonly binary: string;
  readonly version: string;
  readonly provider: ProviderSource;
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
  const tools = variables["TOOLS_FOLDER"] || toolsFolder;
  const named = variables["TERRAFORM_BINARY_NAME"];
  const binary =
    findExecutable(named || "terraform", variables, tools) ??
    (await downloadTerraform(terraformRelease(variables), tools));
  const version = await terraformVersionOf(binary, variables, signal);

  const provider = providerSource(variables);
  const own = cliConfigFile(variables);
  const pluginCache = join(tools, "plugin-cache");
  mkdirSync(pluginCache, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, "terraform.rc");
  writeFileSync(configuration, cliConfiguration(provider, own ? readFileSync(own, "utf8") : "", pluginCache));
  return {
    binary,
    version,
    provider,
    environment: {
      TF_CLI_CONFIG_FILE: configuration,
      TERRAFORM_BINARY_NAME: binary,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    },
  };
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
    throw new CouldNotTell(`Terraform ${version} (${binary}) is too old: install 1.${oldestMinor} or newer.`);
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
