import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { findExecutable } from "../../../scripts/lib/executables";
import { root, toolsFolder } from "../../../scripts/lib/paths";
import { providerVersion } from "../../../scripts/lib/provider-mirror";
import { fetchProvider, prepareTerraform } from "../../../scripts/lib/terraform";
import { terraformPlatform } from "../../../scripts/lib/terraform-release";
import { protocolVersion, startProvider } from "./provider-process";
import { onlyTypes, readSchemas } from "./schemas";

interface Programs {
  readonly terraform: string;
  readonly provider: string;
}

const source = "registry.terraform.io/hashicorp/aws";
const place = join(root, ".build/light-terraform");
const ownFiles = readdirSync(__dirname).map((name) => join(__dirname, name));

/**
 * Variables with which Terraform costs a test a quarter of its CPU time: the real Terraform and the real provider,
 * and between them, for each command, a process that keeps the schemas of 1,500 types which nobody uses here back.
 *
 * With `PLAIN_TERRAFORM` set there are none, nor where Terraform's own configuration says which provider is started:
 * the tests then take longer, and come to the same.
 */
export async function lightTerraform(
  variables: NodeJS.ProcessEnv = process.env,
): Promise<Readonly<Record<string, string>>> {
  const named = variables["TERRAFORM_BINARY_NAME"] || "terraform";
  const terraform = findExecutable(named, variables, toolsFolder(variables));
  if (variables["PLAIN_TERRAFORM"] || terraform === undefined) return {};
  const provider = await findProvider(variables);
  if (provider === undefined) return {};
  const programs: Programs = { terraform, provider };
  const types = typesInUse();
  const texts = ownFiles.map((file) => readFileSync(file, "utf8"));
  const key = createHash("sha256").update(JSON.stringify([programs, types, texts, process.execPath]));
  const folder = join(place, key.digest("hex").slice(0, 16));
  if (!existsSync(folder)) {
    await makeAtOnce(folder, async (to) => {
      writeFileSync(join(to, "schemas"), onlyTypes(await schemasOf(provider), new Set(types)));
      const entryPoints = [join(__dirname, "relay.ts")];
      buildSync({ entryPoints, outfile: join(to, "relay.cjs"), bundle: true, platform: "node" });
      writeFileSync(join(to, "terraform"), launcher(programs, folder), { mode: 0o755 });
    });
  }
  return { TERRAFORM_BINARY_NAME: join(folder, "terraform") };
}

/** Variables that take those of `lightTerraform` back: for what is proved of Terraform's own processes. */
export const plainTerraform = { TERRAFORM_BINARY_NAME: process.env["TERRAFORM_BINARY_NAME"] } as const;

/**
 * Becomes Terraform, so that signals and exit codes are its own, beside a relay that it has for its provider. Its
 * version is asked for at each start of a script, and needs none.
 */
const launcher = ({ terraform, provider }: Programs, folder: string): string => `#!/bin/sh
if [ "$1" != version ]; then
  told=\${TMPDIR:-/tmp}/terraform-relay-$$
  rm -f "$told" && mkfifo -m 600 "$told"
  ${[process.execPath, join(folder, "relay.cjs"), provider, join(folder, "schemas")].map(quoted).join(" ")} $$ \\
    </dev/null >/dev/null 2>/dev/null 3>"$told" 4>&2 &
  read -r port <"$told"
  rm "$told"
  address='"Addr":{"Network":"tcp","String":"127.0.0.1:'$port'"}'
  attached='"Protocol":"grpc","ProtocolVersion":${protocolVersion},"Pid":'$$',"Test":true,'$address
  export TF_REATTACH_PROVIDERS='{"${source}":{'$attached'}}'
fi
exec ${quoted(terraform)} "$@"
`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Where `terraform init` has put the provider, once for all tests. */
async function findProvider(variables: NodeJS.ProcessEnv): Promise<string | undefined> {
  const fetched = join(place, `provider-${providerVersion}`);
  const installed = join(
    fetched,
    "provider/.terraform/providers",
    source,
    providerVersion,
    terraformPlatform(),
  );
  const find = () =>
    existsSync(installed) && readdirSync(installed).find((name) => name.startsWith("terraform-provider-aws"));
  if (!find()) {
    rmSync(fetched, { recursive: true, force: true });
    await makeAtOnce(fetched, async (to) => {
      await fetchProvider(await prepareTerraform(to, variables), to, variables);
    });
  }
  const name = find();
  return name ? join(installed, name) : undefined;
}

/** Types that a stack's code imports, and those that the code or a test names. */
function typesInUse(): readonly string[] {
  const texts = ["stacks", "__tests__"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  );
  const named = texts.flatMap((text) => text.match(/\baws_[a-z0-9_]+/g) ?? []);
  const imported = texts
    .flatMap((text) => [...text.matchAll(/@cdktf\/provider-aws\/lib\/(?:data-aws-)?([a-z0-9-]+)/g)])
    .map(([, name = ""]) => `aws_${name.replaceAll("-", "_")}`);
  return [...new Set([...named, ...imported])].sort();
}

async function schemasOf(provider: string): Promise<Buffer> {
  const started = await startProvider(provider, () => undefined);
  try {
    return await readSchemas(started.session);
  } finally {
    await started.stop();
  }
}

/** Two workers may make the same folder: nobody sees a half of it, and the first one's stays. */
async function makeAtOnce(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(place, { recursive: true });
  const own = mkdtempSync(join(place, "making-"));
  try {
    await make(own);
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
