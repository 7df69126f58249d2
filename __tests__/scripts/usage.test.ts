/** What each command says of itself and of bad input: one clear sentence, and an exit code that says which. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { listen } from "../../scripts/local/ports";
import { folderNames } from "../support/processes";
import { runScript, startScript } from "../support/scripts";

/** Each command of package.json; `interrupted` is the test that presses Ctrl-C while it works. */
const scripts = [
  { script: "quickstart", required: [], interrupted: "e2e/quickstart.test.ts" },
  { script: "local", required: [], interrupted: "e2e/local-aws.test.ts" },
  { script: "verify", required: ["--env", "dev"], interrupted: "scripts/verify/verify-command.test.ts" },
  { script: "deploy", required: ["--env", "dev"], interrupted: "e2e/deploy.test.ts" },
  {
    script: "watch",
    required: ["--env", "dev", "--system", "trade-status", "session-1"],
    interrupted: "scripts/watch.test.ts",
  },
  {
    script: "connect-function",
    required: ["--env", "dev", "--function", "cg-production-chatbot"],
    interrupted: "scripts/connect-function-guards.test.ts",
  },
  {
    script: "export",
    required: ["--env", "dev", "--table", "conversations"],
    interrupted: "scripts/export-guards.test.ts",
  },
  {
    script: "restore",
    required: ["--env", "dev", "conversations", "--at", "latest", "--to", "restored"],
    interrupted: "scripts/restore-command.test.ts",
  },
  { script: "ask", required: ["--env", "dev", "hello"], interrupted: "scripts/ask.test.ts" },
  { script: "bench", required: ["functions"], interrupted: "scripts/bench.test.ts" },
  {
    script: "migrate-profiles",
    required: ["--env", "dev", "--from", "docs"],
    interrupted: "scripts/migrate-profiles-command.test.ts",
  },
  {
    script: "populate-brands",
    required: ["--env", "dev", "--from-csv", "docs"],
    interrupted: "scripts/populate-brands-command.test.ts",
  },
  { script: "affected", required: ["--base", "HEAD"], interrupted: "scripts/affected.test.ts" },
  { script: "bootstrap", required: ["--env", "dev"], interrupted: "scripts/bootstrap.test.ts" },
  { script: "move-state", required: ["--env", "dev"], interrupted: "scripts/move-state.test.ts" },
  {
    script: "rollback",
    required: ["--env", "dev", "trade-status-services"],
    interrupted: "scripts/rollback.test.ts",
  },
  { script: "cost", required: ["--env", "dev"], interrupted: "scripts/cost/command.test.ts" },
  { script: "audit", required: ["--env", "dev"], interrupted: "scripts/usage.test.ts" },
  // They write one file, in no time.
  { script: "document-tables", required: [] },
  { script: "document-alarms", required: [] },
];

it("every command of package.json is one of these, and Ctrl-C is tested of each that works for a while", () => {
  const { scripts: commands } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const started = Object.values(commands).flatMap(
    (command) => /^exec node --import tsx scripts\/([\w-]+)\.ts$/.exec(command)?.[1] ?? [],
  );
  expect(scripts.map(({ script }) => script).sort()).toEqual(started.sort());
  for (const { interrupted } of scripts) {
    if (interrupted === undefined) continue;
    expect(readFileSync(join(root, "__tests__", interrupted), "utf8")).toContain("SIGINT");
  }
});

describe.each(scripts)("the script $script", ({ script, required }) => {
  it("explains itself with examples", async () => {
    const { code, stdout } = await runScript(script, ["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: npm run");
    expect(stdout).toContain("Examples:");
  });

  it("refuses an option that it does not have, with exit code 2, and says so to machines", async () => {
    const { code, stdout, stderr } = await runScript(script, [...required, "--evn", "dev", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      outcome: "could not tell",
      error: expect.stringContaining("unknown option '--evn'") as string,
    });
    expect(stderr).toContain("unknown option '--evn'");
  });
});

describe("without credentials", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "usage-"));
    writeFileSync(join(folder, "brands.csv"), "brand_id,brand_name\n12345,Blue Bottle\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<[script: string, args: () => readonly string[]]>([
    ["verify", () => ["--junit", join(folder, "verify.xml")]],
    ["deploy", () => ["--yes"]],
    ["watch", () => ["--system", "trade-status", "session-1"]],
    ["connect-function", () => ["--function", "cg-production-chatbot", "--yes"]],
    ["export", () => ["--table", "conversations", "--to", join(folder, "export.jsonl")]],
    ["restore", () => ["conversations", "--at", "latest", "--to", "restored", "--yes"]],
    ["ask", () => ["hello"]],
    ["migrate-profiles", () => ["--from", "docs"]],
    ["populate-brands", () => ["--from-csv", join(folder, "brands.csv")]],
    ["bootstrap", () => ["--yes"]],
    ["move-state", () => ["--yes"]],
    ["rollback", () => ["trade-status-services", "--yes"]],
    ["audit", () => ["--item", "analysis_abc123"]],
  ])("npm run %s could not tell, and its one document says why: exit 2", async (script, args) => {
    const { code, stdout } = await runScript(script, ["--env", "dev", ...args(), "--json"], {
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: "/nowhere",
      DEV_STATE_BUCKET: "acme-dynamodb-layer-dev",
      STATE_FOLDER: folder,
    });
    expect(code).toBe(2);
    expect(stdout).toContain("Could not load credentials from any providers");
    expect((JSON.parse(stdout) as { readonly outcome: string }).outcome).toMatch(/^could not (tell|check)$/);
  });

  it("npm run verify leaves a JUnit report all the same, in which everything is an error", () => {
    const xml = readFileSync(join(folder, "verify.xml"), "utf8");
    expect(xml).toMatch(/<testsuites name="verify dev" tests="(\d+)" failures="0" errors="\1"/);
  });
});

it("npm run audit ends with 130 on Ctrl-C, and its one document says so", async () => {
  // It never answers.
  const server = createServer(() => undefined);
  const asked = new Promise((resolve) => server.once("request", resolve));
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${await listen(server, 0)}`;
  const running = startScript("audit", ["--env", "dev", "--json"], { AWS_ENDPOINT_URL });
  await asked;
  running.process.kill("SIGINT");
  expect(await running.ended).toBe(130);
  server.closeAllConnections();
  server.close();
  expect(JSON.parse(running.output.stdout)).toMatchObject({ outcome: "interrupted" });
});

it("npm run watch says that its JSON is lines", async () => {
  const { stdout } = await runScript("watch", ["--help"]);
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "--json JSON lines on stdout, one a change and the outcome last",
  );
});

describe("npm run deploy", () => {
  it.each([
    ["no terminal to ask at", ["--env", "dev"], "look with --dry-run, then run this with --yes."],
    [
      "plans without a place for them",
      ["--env", "dev", "--plan-only"],
      "--plan-only and --out <folder> go together",
    ],
    [
      "what belongs to the plan with one that is made",
      ["--env", "dev", "--apply", "plans", "--target", "conversations"],
      "--target belongs to the plan: leave it out with --apply.",
    ],
    [
      "an allowance without a reason",
      ["--env", "dev", "--allow", "conversations"],
      "--allow takes <table>:<reason>",
    ],
    [
      "an unknown stack",
      ["--env", "dev", "--yes", "orders"],
      'There is no stack "orders" in dev. Use one of:',
    ],
  ])("cannot tell for %s: exit 2", async (_, args, sentence) => {
    const { code, stdout, stderr } = await runScript("deploy", args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  it("refuses the folder of another environment's plans: exit 1", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plans-"));
    const nothing = { isChanged: false, target: null, allowances: [], stacks: [] };
    const made = {
      environment: "prod",
      commit: "0".repeat(40),
      accountId: "111122223333",
      terraform: "1.11.4",
    };
    writeFileSync(join(folder, "plans.json"), JSON.stringify({ schemaVersion: 1, ...made, ...nothing }));
    const { code, stdout } = await runScript("deploy", ["--env", "dev", "--apply", folder, "--json"]);
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "refused",
      error: "These plans are for prod, not for dev.",
    });
  });
});

describe("on a machine without the tools", () => {
  let tools: string;
  beforeAll(() => (tools = mkdtempSync(join(tmpdir(), "tools-"))));
  afterAll(() => rmSync(tools, { recursive: true }));
  const bare = () => ({ TOOLS_FOLDER: tools, TERRAFORM_RELEASES: "http://127.0.0.1:9" });

  it.each(["local", "quickstart"])("npm run %s says how to get Terraform: exit 2", async (script) => {
    const { code, stderr } = await runScript(script, [], {
      ...bare(),
      PATH: tools,
    });
    expect(code).toBe(2);
    expect(stderr).toContain("Terraform is missing and http://127.0.0.1:9/");
    expect(stderr).toContain('Install Terraform >= 1.10 by hand (README, "Prerequisites")');
  });

  it("npm run local refuses a TERRAFORM_BINARY_NAME that is not there, and installs no other: exit 2", async () => {
    const { code, stderr } = await runScript("local", [], { TERRAFORM_BINARY_NAME: "terraform-1.9" });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'TERRAFORM_BINARY_NAME names "terraform-1.9", which is not there: correct or unset it.',
    );
  });

  it("npm run quickstart says how to get the AWS provider: exit 2", async () => {
    const configuration = join(tools, "empty-mirror.tfrc");
    writeFileSync(
      configuration,
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(tools)}\n  }\n}\n`,
    );
    const { code, stderr } = await runScript("quickstart", [], { TF_CLI_CONFIG_FILE: configuration });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /The AWS provider 5\.100\.0 cannot be had: Error: Failed to query available provider/,
    );
    expect(stderr).toContain("name a mirror with TF_PROVIDER_MIRROR.");
  });

  it("npm run local says how to get moto: exit 2", async () => {
    const terraform = process.env["PATH"]?.split(":").find((path) => folderNames(path).includes("terraform"));
    const { code, stderr } = await runScript("local", [], {
      ...bare(),
      // Neither moto_server nor python3 is on this PATH.
      PATH: tools,
      TERRAFORM_BINARY_NAME: join(terraform ?? "", "terraform"),
    });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'moto is missing, and so is python3. Install it with: pipx install "moto[server]==',
    );
  });
});
