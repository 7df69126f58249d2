/**
 * Where Terraform finds the AWS provider. In this order: its own configuration, TF_PROVIDER_MIRROR, the
 * folders where mirrors usually lie, the registry.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { CouldNotTell } from "./errors";
import { terraformPlatform } from "./terraform-release";

/** The version that @cdktf/provider-aws 20.1.0 is generated from. */
export const providerVersion = "5.100.0";

const registry = "registry.terraform.io";
const providerPath = join(registry, "hashicorp", "aws");

export type ProviderSource =
  | { readonly kind: "terraform-configuration"; readonly file: string }
  | { readonly kind: "mirror"; readonly folder: string }
  | { readonly kind: "registry" };

export interface SearchPlaces {
  readonly home: string;
  /** Folders below which people unpack software by hand. */
  readonly installFolders: readonly string[];
}

const usualPlaces = (): SearchPlaces => ({
  home: homedir(),
  installFolders: ["/opt", "/usr/local/share", "/usr/local/lib", "/usr/share", "/srv"],
});

/** Decides where the provider comes from. A TF_CLI_CONFIG_FILE that does not exist counts as unset. */
export function providerSource(variables: NodeJS.ProcessEnv, places = usualPlaces()): ProviderSource {
  const file = cliConfigFile(variables, places);
  if (file !== undefined && /^\s*provider_installation\s*\{/m.test(readFileSync(file, "utf8"))) {
    return { kind: "terraform-configuration", file };
  }
  const named = variables["TF_PROVIDER_MIRROR"] && resolve(variables["TF_PROVIDER_MIRROR"]);
  if (named && !holdsProvider(named)) {
    throw new CouldNotTell(
      `TF_PROVIDER_MIRROR names ${named}, which does not hold ${providerPath} ${providerVersion} for ` +
        `${terraformPlatform()}: correct or unset it.`,
    );
  }
  const candidates = [
    ...(named ? [named] : []),
    ...impliedMirrors(variables, places),
    ...foundMirrors(places),
  ];
  const folder = candidates.find(holdsProvider);
  return folder === undefined ? { kind: "registry" } : { kind: "mirror", folder };
}

/** The user's own CLI configuration, if there is one. */
export function cliConfigFile(
  variables: NodeJS.ProcessEnv,
  { home }: Pick<SearchPlaces, "home"> = usualPlaces(),
): string | undefined {
  return [variables["TF_CLI_CONFIG_FILE"], join(home, ".terraformrc")].find(
    (file) => file !== undefined && file !== "" && existsSync(file),
  );
}

/**
 * The text of a CLI configuration for that source, after the user's own settings.
 *
 * @param pluginCache where a provider from the registry is kept, so that each stack does not fetch it anew.
 */
export function cliConfiguration(source: ProviderSource, own: string, pluginCache: string): string {
  const settings = `${own}\ndisable_checkpoint = true\n`;
  switch (source.kind) {
    case "terraform-configuration":
      return settings;
    case "mirror":
      return settings + installation(mirrorMethods(source.folder));
    case "registry":
      return `${settings}plugin_cache_dir = ${JSON.stringify(pluginCache)}
plugin_cache_may_break_dependency_lock_file = true
`;
  }
}

/**
 * The text of a CLI configuration for a provider that has been fetched: Terraform starts it as it lies there,
 * and neither asks the registry for it again nor hashes its 700 MB against the lock file at every command
 * (Terraform: "CLI configuration file", development overrides).
 *
 * @param providers `.terraform/providers` of the folder into which `terraform init` has fetched it.
 */
export function fetchedConfiguration(providers: string, own: string): string {
  const overrides = `  dev_overrides {
    "hashicorp/aws" = ${JSON.stringify(join(providers, providerPath, providerVersion, terraformPlatform()))}
  }
`;
  return `${own}\ndisable_checkpoint = true\n${installation(overrides + mirrorMethods(providers))}`;
}

const installation = (methods: string): string => `\nprovider_installation {\n${methods}}\n`;

/** The registry is left out for this provider: Terraform would ask it even when the mirror has it. */
const mirrorMethods = (folder: string): string => `  filesystem_mirror {
    path    = ${JSON.stringify(folder)}
    include = ["${registry}/hashicorp/aws"]
  }
  direct {
    exclude = ["${registry}/hashicorp/aws"]
  }
`;

/** Terraform's implied local mirrors (Terraform: "CLI configuration file", implied local mirrors). */
function impliedMirrors(variables: NodeJS.ProcessEnv, { home }: SearchPlaces): readonly string[] {
  const dataHome = variables["XDG_DATA_HOME"] || join(home, ".local/share");
  const dataFolders = (variables["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share").split(":");
  return [
    join(home, ".terraform.d/plugins"),
    join(home, "Library/Application Support/io.terraform/plugins"),
    ...[dataHome, ...dataFolders].map((folder) => join(folder, "terraform/plugins")),
  ];
}

/** Any folder that holds `registry.terraform.io`, up to two levels below the install folders. */
function foundMirrors({ installFolders }: SearchPlaces): readonly string[] {
  return installFolders.flatMap((folder) => {
    const children = subfolders(folder);
    return [folder, ...children, ...children.flatMap(subfolders)].filter((candidate) =>
      existsSync(join(candidate, registry)),
    );
  });
}

function subfolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

/** Either layout that Terraform reads: unpacked, or the zip as it was published. */
function holdsProvider(folder: string): boolean {
  const platform = terraformPlatform();
  return [
    join(folder, providerPath, providerVersion, platform),
    join(folder, providerPath, `terraform-provider-aws_${providerVersion}_${platform}.zip`),
  ].some((path) => existsSync(path));
}
