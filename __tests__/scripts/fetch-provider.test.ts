/** How the AWS provider is fetched, with programs that stand in for Terraform. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderSource } from "../../scripts/lib/provider-mirror";
import { fetchProvider, type Terraform } from "../../scripts/lib/terraform";
import { temporaryFolder } from "../support/functions";

describe("the AWS provider, fetched once,", () => {
  const { folder, remove } = temporaryFolder();
  afterAll(remove);

  const terraform = (provider: ProviderSource, script: string): Terraform => {
    const binary = join(folder, "terraform");
    writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const ownConfiguration = 'credentials "registry.example.com" {}\n';
    return { binary, version: "1.11.4", provider, ownConfiguration, environment: {} };
  };

  it("is what every further command starts, beside the user's own settings", async () => {
    const variables = await fetchProvider(terraform({ kind: "registry" }, "exit 0"), folder, {});
    const text = readFileSync(variables["TF_CLI_CONFIG_FILE"] ?? "", "utf8");
    expect(text).toContain('credentials "registry.example.com" {}');
    expect(text).toContain(
      `"hashicorp/aws" = "${folder}/provider/.terraform/providers/registry.terraform.io/`,
    );
  });

  it("leaves the user's own word on where providers come from alone", async () => {
    const own = { kind: "terraform-configuration", file: "own.tfrc" } as const;
    expect(await fetchProvider(terraform(own, "exit 0"), folder, {})).toEqual({});
  });

  it("that cannot be had is told with Terraform's first error and the ways out", async () => {
    const failing = terraform({ kind: "registry" }, "echo 'Error: no such host' >&2; exit 1");
    await expect(fetchProvider(failing, folder, {})).rejects.toThrow(
      /^The AWS provider 5\.100\.0 cannot be had: Error: no such host\. Let the machine reach .* TF_PROVIDER_MIRROR\.$/,
    );
  });
});
