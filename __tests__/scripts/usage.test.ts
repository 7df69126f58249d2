/** What each command says of itself and of bad input: one clear sentence, and an exit code that says which. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderNames } from "../support/processes";
import { listen } from "../../scripts/local/ports";
import { catalogue } from "../../tables/catalogue";
import { runScript } from "../support/scripts";

const scripts = [
  { script: "quickstart", required: [] },
  { script: "local", required: [] },
  { script: "verify", required: ["--env", "dev"] },
  { script: "deploy", required: ["--env", "dev"] },
  { script: "watch", required: ["--env", "dev", "--system", "trade-status", "session-1"] },
  { script: "connect-function", required: ["--env", "dev", "--function", "cg-production-chatbot"] },
  { script: "export", required: ["--env", "dev", "--table", "conversations"] },
  { script: "restore", required: ["--env", "dev", "conversations", "--at", "latest", "--to", "restored"] },
  { script: "ask", required: ["--env", "dev", "hello"] },
  { script: "bench", required: ["functions"] },
  { script: "migrate-profiles", required: ["--env", "dev", "--from", "docs"] },
  { script: "populate-brands", required: ["--env", "dev", "--from-csv", "docs"] },
  { script: "affected", required: ["--base", "HEAD"] },
  { script: "bootstrap", required: ["--env", "dev"] },
  { script: "move-state", required: ["--env", "dev"] },
  { script: "rollback", required: ["--env", "dev", "trade-status-services"] },
  { script: "document-tables", required: [] },
  { script: "document-alarms", required: [] },
];

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

  it("cannot tell without credentials, for machines too: exit 2", async () => {
    const nowhere = { AWS_EC2_METADATA_DISABLED: "true", HOME: "/nowhere" };
    const { code, stdout } = await runScript("deploy", ["--env", "dev", "--yes", "--json"], nowhere);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "could not tell",
      error: expect.stringContaining("AWS does not say whose credentials these are") as string,
    });
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

describe("npm run verify", () => {
  it.each([
    ["no environment", [], "required option '--env <env>' not specified"],
    ["an unknown environment", ["--env", "production"], "Allowed choices are dev, staging, prod, local."],
    [
      "an unknown table",
      ["--env", "dev", "orders"],
      'There is no table or stack "orders" in dev. Use one of: brand-processing-status, conversations,',
    ],
    [
      "the environment local without a local AWS",
      ["--env", "local"],
      "Run `npm run local` and evaluate the exports that it prints.",
    ],
  ])("cannot tell for %s: exit 2", async (_, args, sentence) => {
    const { code, stdout, stderr } = await runScript("verify", args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(sentence);
  });

  it("cannot tell when nothing answers at the endpoint: exit 2, never 0", async () => {
    const variables = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    const people = await runScript("verify", ["--env", "local"], variables);
    expect(people.code).toBe(2);
    expect(people.stdout).toContain(
      `None of ${catalogue.length} tables could be checked: connect ECONNREFUSED 127.0.0.1:9.`,
    );
    const machines = await runScript("verify", ["--env", "local", "--json"], variables);
    expect(machines.code).toBe(2);
    expect(JSON.parse(machines.stdout)).toMatchObject({ schemaVersion: 2, outcome: "could not check" });
  });

  it("cannot tell with credentials of another account: exit 2, not drift", async () => {
    const sts = createServer((_request, response) => {
      const body =
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999988887777</Account>" +
        "</GetCallerIdentityResult></GetCallerIdentityResponse>";
      response.writeHead(200, { "content-type": "text/xml" }).end(body);
    });
    const endpoint = `http://127.0.0.1:${await listen(sts, 0)}`;
    const { code, stdout } = await runScript("verify", ["--env", "dev"], { AWS_ENDPOINT_URL: endpoint });
    sts.close();
    expect(code).toBe(2);
    expect(stdout).toContain(
      "could be checked: credentials of account 999988887777, not 123456789012. Use a profile of",
    );
  });

  it("cannot tell when a setting of the environment is malformed: exit 2", async () => {
    const { code, stderr } = await runScript("verify", ["--env", "prod"], { PROD_ACCOUNT_ID: "12" });
    expect(code).toBe(2);
    expect(stderr.trim()).toBe(
      'PROD_ACCOUNT_ID must be an account id of 12 digits; found "12". Correct or unset it.',
    );
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
