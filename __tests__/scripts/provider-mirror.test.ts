import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cliConfigFile,
  cliConfiguration,
  fetchedConfiguration,
  providerSource,
  type SearchPlaces,
} from "../../scripts/lib/provider-mirror";
import { terraformPlatform } from "../../scripts/lib/terraform-release";

const provider = join("registry.terraform.io/hashicorp/aws/5.100.0", terraformPlatform());

describe("the AWS provider is looked for", () => {
  let folder: string;
  let places: SearchPlaces;
  const variables = () => ({ XDG_DATA_DIRS: join(folder, "share") });
  const mirrorIn = (...path: readonly string[]): string => {
    const mirror = join(folder, ...path);
    mkdirSync(join(mirror, provider), { recursive: true });
    return mirror;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mirror-"));
    places = { home: join(folder, "home"), installFolders: [join(folder, "opt")] };
    mkdirSync(places.home);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("in Terraform's own configuration first", () => {
    const file = join(folder, "own.tfrc");
    writeFileSync(file, "provider_installation {\n  direct {}\n}\n");
    mirrorIn("opt", "mirror");
    const own = { ...variables(), TF_CLI_CONFIG_FILE: file };
    expect(providerSource(own, places)).toEqual({ kind: "terraform-configuration", file });
  });

  it("in TF_PROVIDER_MIRROR next, before the usual folders", () => {
    mirrorIn("opt", "mirror");
    const named = mirrorIn("named");
    const source = providerSource({ ...variables(), TF_PROVIDER_MIRROR: named }, places);
    expect(source).toEqual({ kind: "mirror", folder: named });
  });

  it("nowhere else when TF_PROVIDER_MIRROR names a folder that does not hold it", () => {
    mirrorIn("opt", "mirror");
    const named = { ...variables(), TF_PROVIDER_MIRROR: join(folder, "typo") };
    expect(() => providerSource(named, places)).toThrow(
      /TF_PROVIDER_MIRROR names .*typo, which does not hold/,
    );
  });

  it("not where a comment of the configuration says", () => {
    const file = join(folder, "own.tfrc");
    writeFileSync(file, "# provider_installation { } switched off\n");
    const mirror = mirrorIn("opt", "mirror");
    const own = { ...variables(), TF_CLI_CONFIG_FILE: file };
    expect(providerSource(own, places)).toEqual({ kind: "mirror", folder: mirror });
  });

  it("in Terraform's implied mirrors", () => {
    const implied = mirrorIn("home", ".terraform.d/plugins");
    expect(providerSource(variables(), places)).toEqual({ kind: "mirror", folder: implied });
  });

  it.each([["opt"], ["opt/mirror"], ["opt/terraform/mirror"]])(
    "where software is unpacked by hand: %s",
    (path) => {
      const found = mirrorIn(path);
      expect(providerSource(variables(), places)).toEqual({ kind: "mirror", folder: found });
    },
  );

  it("as a packed archive, too", () => {
    const packed = join(folder, "opt/packed");
    mkdirSync(join(packed, "registry.terraform.io/hashicorp/aws"), { recursive: true });
    const archive = `terraform-provider-aws_5.100.0_${terraformPlatform()}.zip`;
    writeFileSync(join(packed, "registry.terraform.io/hashicorp/aws", archive), "");
    expect(providerSource(variables(), places)).toEqual({ kind: "mirror", folder: packed });
  });

  it("not in a mirror of another version or three levels deep: the registry it is then", () => {
    mkdirSync(join(folder, "opt/old/registry.terraform.io/hashicorp/aws/5.0.0", terraformPlatform()), {
      recursive: true,
    });
    mirrorIn("opt/a/b/c");
    expect(providerSource(variables(), places)).toEqual({ kind: "registry" });
  });

  it("although TF_CLI_CONFIG_FILE names a file that does not exist", () => {
    const missing = { ...variables(), TF_CLI_CONFIG_FILE: join(folder, "missing.tfrc") };
    expect(cliConfigFile(missing, places)).toBeUndefined();
    expect(providerSource(missing, places)).toEqual({ kind: "registry" });
  });
});

describe("Terraform's configuration", () => {
  it("keeps the user's own settings before the mirror", () => {
    const text = cliConfiguration({ kind: "mirror", folder: "/srv/mirror" }, 'credentials "x" {}', "/cache");
    expect(text.indexOf("credentials")).toBeLessThan(text.indexOf("filesystem_mirror"));
    expect(text).toContain('path    = "/srv/mirror"');
    expect(text).toContain('exclude = ["registry.terraform.io/hashicorp/aws"]');
  });

  it("caches what comes from the registry, so that five stacks fetch it once", () => {
    expect(cliConfiguration({ kind: "registry" }, "", "/cache")).toContain('plugin_cache_dir = "/cache"');
  });

  it("is the user's own where that says where providers come from", () => {
    const own = "provider_installation { direct {} }";
    const source = { kind: "terraform-configuration", file: "x" } as const;
    expect(cliConfiguration(source, own, "/cache").match(/provider_installation/g)).toHaveLength(1);
  });

  it("takes a fetched provider as it lies there, and asks nobody for it again", () => {
    const text = fetchedConfiguration("/run/.terraform/providers", 'credentials "x" {}');
    expect(text.indexOf("credentials")).toBeLessThan(text.indexOf("provider_installation"));
    expect(text).toContain(
      `dev_overrides {\n    "hashicorp/aws" = "/run/.terraform/providers/${provider}"\n  }`,
    );
    expect(text).toContain('path    = "/run/.terraform/providers"');
    expect(text).toContain('exclude = ["registry.terraform.io/hashicorp/aws"]');
  });
});
