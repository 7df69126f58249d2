import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { downloadTerraform, terraformRelease, terraformVersion } from "../../scripts/lib/terraform-release";
import { listen } from "../../scripts/local/ports";

describe("a missing Terraform is downloaded", () => {
  const platform = "linux_amd64";
  const archive = zipSync({ terraform: strToU8("#!/bin/sh\necho Terraform\n") });
  const checksum = createHash("sha256").update(archive).digest("hex");
  let server: Server;
  let baseUrl: string;
  let folder: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const isArchive =
        request.url === `/terraform/${terraformVersion}/terraform_${terraformVersion}_${platform}.zip`;
      response.writeHead(isArchive ? 200 : 404).end(isArchive ? archive : "");
    });
    baseUrl = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tools-"));
    jest.spyOn(console, "error").mockImplementation();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("when its checksum is the pinned one, and can be run", async () => {
    const binary = await downloadTerraform({ baseUrl, platform, checksum }, folder);
    expect(execFileSync(binary, { encoding: "utf8" })).toBe("Terraform\n");
    expect(readdirSync(folder)).toEqual(["terraform"]);
  });

  it("and refused, with nothing installed, when its checksum is another", async () => {
    const tampered = { baseUrl, platform, checksum: "0".repeat(64) };
    await expect(downloadTerraform(tampered, folder)).rejects.toThrow(
      `has the checksum ${checksum}, not ${"0".repeat(64)}: not installed.`,
    );
    expect(existsSync(join(folder, "terraform"))).toBe(false);
  });

  it("or said how to get, when there is none to download", async () => {
    const gone = { baseUrl: `${baseUrl}/elsewhere`, platform, checksum };
    await expect(downloadTerraform(gone, folder)).rejects.toThrow(
      /cannot be fetched \(HTTP 404\)\. Install Terraform >= 1\.10 by hand/,
    );
  });

  it("or said how to get, on a platform that none is pinned for", async () => {
    await expect(
      downloadTerraform({ baseUrl, platform: "sunos_sparc", checksum: undefined }, folder),
    ).rejects.toThrow("none is pinned for sunos_sparc");
  });

  it("from HashiCorp, or from the mirror that TERRAFORM_RELEASES names", () => {
    expect(terraformRelease({}).baseUrl).toBe("https://releases.hashicorp.com");
    expect(terraformRelease({ TERRAFORM_RELEASES: baseUrl }).baseUrl).toBe(baseUrl);
    expect(terraformRelease({}).checksum).toMatch(/^[0-9a-f]{64}$/);
  });
});
