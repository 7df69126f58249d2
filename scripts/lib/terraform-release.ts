import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { CouldNotTell, describeError } from "./errors";

/** The version that this repository is tested with. */
export const terraformVersion = "1.11.4";

/** SHA-256 of HashiCorp's archives of that version, as its SHA256SUMS lists them. */
const checksums: Readonly<Record<string, string>> = {
  linux_amd64: "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
  linux_arm64: "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
  darwin_amd64: "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
  darwin_arm64: "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
};

/** HashiCorp's name of this machine's system and processor. */
export function terraformPlatform(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** For 27 MB over a slow line; a server that says nothing must not hold the set-up for ever. */
const downloadMilliseconds = 300_000;

export interface Release {
  readonly baseUrl: string;
  readonly platform: string;
  readonly checksum: string | undefined;
}

/** HashiCorp's release for this machine; TERRAFORM_RELEASES names a mirror of the site. */
export function terraformRelease(variables: NodeJS.ProcessEnv): Release {
  const platform = terraformPlatform();
  return {
    baseUrl: variables["TERRAFORM_RELEASES"] || "https://releases.hashicorp.com",
    platform,
    checksum: checksums[platform],
  };
}

/**
 * Downloads Terraform into a folder, and keeps it only if its checksum is the pinned one.
 *
 * @returns the path of the executable.
 * @throws CouldNotTell when the platform is unknown, the download fails or the checksum differs.
 */
export async function downloadTerraform(
  { baseUrl, platform, checksum }: Release,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const byHand = `Install Terraform >= 1.10 by hand (README, "Prerequisites") and put it on the PATH.`;
  if (checksum === undefined) {
    throw new CouldNotTell(`Terraform is missing and none is pinned for ${platform}. ${byHand}`);
  }
  const archive = `terraform_${terraformVersion}_${platform}.zip`;
  const url = `${baseUrl}/terraform/${terraformVersion}/${archive}`;
  console.error(`Downloading Terraform ${terraformVersion} …`);
  const bytes = await fetchBytes(url, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new CouldNotTell(
      `Terraform is missing and ${url} cannot be fetched (${describeError(error)}). ${byHand}`,
    );
  });
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== checksum) {
    throw new CouldNotTell(`${url} has the checksum ${found}, not ${checksum}: not installed. ${byHand}`);
  }
  const executable = unzipSync(bytes)["terraform"];
  if (executable === undefined) throw new CouldNotTell(`${url} holds no terraform. ${byHand}`);
  mkdirSync(folder, { recursive: true });
  const target = join(folder, "terraform");
  // Renamed into place, so that an interrupted download leaves no half executable.
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, executable);
  chmodSync(partial, 0o755);
  renameSync(partial, target);
  return target;
}

async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  const limits = [AbortSignal.timeout(downloadMilliseconds), ...(signal ? [signal] : [])];
  const response = await fetch(url, { signal: AbortSignal.any(limits) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
