/** `npm run verify` as people and pipelines run it: usage, what is at the other end, Ctrl-C, and what it leaves. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../../../scripts/local/ports";
import { runScript, startScript } from "../../support/scripts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "verify-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** AWS as far as it says whose credentials these are: somebody else's. */
async function anotherAccount(): Promise<{ readonly endpoint: string; readonly server: Server }> {
  const server = createServer((_request, response) => {
    const body =
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999988887777</Account>" +
      "</GetCallerIdentityResult></GetCallerIdentityResponse>";
    response.writeHead(200, { "content-type": "text/xml" }).end(body);
  });
  return { endpoint: `http://127.0.0.1:${await listen(server, 0)}`, server };
}

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
      "a file and a watch",
      ["--env", "dev", "--watch", "--junit", "verify.xml"],
      "--watch does not go with --junit: these tell of one verification.",
    ],
    [
      "a policy of some tables",
      ["--env", "dev", "--policy", "conversations"],
      "--policy does not go with names",
    ],
    [
      "a name behind --watch",
      ["--env", "dev", "--watch", "conversations"],
      "Give seconds from 10 to 3600; names stand before --watch.",
    ],
    [
      "an end of a watch that is none",
      ["--env", "dev", "--until-in-spec"],
      "--until-in-spec goes with --watch",
    ],
    ["the policy of an unknown account", ["--env", "prod", "--policy"], "set PROD_ACCOUNT_ID."],
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
    expect(people.stdout).toMatch(
      /^Nothing could be checked, of \d+ that are declared: connect ECONNREFUSED 127\.0\.0\.1:9\./,
    );
    const machines = await runScript("verify", ["--env", "local", "--json"], variables);
    expect(machines.code).toBe(2);
    expect(JSON.parse(machines.stdout)).toMatchObject({ schemaVersion: 2, outcome: "could not check" });
  });

  it("cannot tell with credentials of another account: exit 2, not drift", async () => {
    const { endpoint, server } = await anotherAccount();
    const { code, stdout } = await runScript("verify", ["--env", "dev"], { AWS_ENDPOINT_URL: endpoint });
    server.close();
    expect(code).toBe(2);
    expect(stdout).toContain(": credentials of account 999988887777, not 123456789012. Use a profile of");
  });

  it("cannot tell when a setting of the environment is malformed: exit 2", async () => {
    const { code, stderr } = await runScript("verify", ["--env", "prod"], { PROD_ACCOUNT_ID: "12" });
    expect(code).toBe(2);
    expect(stderr.trim()).toBe(
      'PROD_ACCOUNT_ID must be an account id of 12 digits; found "12". Correct or unset it.',
    );
  });
});

describe("npm run verify that is interrupted", () => {
  it("ends with 130 and says so in every output that was asked for", async () => {
    // It never answers.
    const server = createServer(() => undefined);
    const asked = new Promise((resolve) => server.once("request", resolve));
    const AWS_ENDPOINT_URL = `http://127.0.0.1:${await listen(server, 0)}`;
    const junit = join(folder, "interrupted.xml");
    const args = ["--env", "dev", "--json", "--junit", junit, "--github"];
    const running = startScript("verify", args, { AWS_ENDPOINT_URL, GITHUB_STEP_SUMMARY: "" });
    await asked;
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    server.closeAllConnections();
    server.close();
    expect(JSON.parse(running.output.stdout)).toMatchObject({
      outcome: "interrupted",
      error: "Interrupted by SIGINT.",
    });
    expect(readFileSync(junit, "utf8")).toContain('<error message="Interrupted by SIGINT."');
    expect(running.output.stderr).toContain("::error title=verify dev::Interrupted by SIGINT.\n");
    expect(running.output.stderr).toContain("GITHUB_STEP_SUMMARY is not set");
  });

  it("while it watches ends with 130, between two looks, and each line parses", async () => {
    const { endpoint, server } = await anotherAccount();
    const running = startScript("verify", ["--env", "dev", "--json", "conversations", "--watch", "10"], {
      AWS_ENDPOINT_URL: endpoint,
    });
    await running.printed("\n");
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    server.close();
    expect(
      running.output.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      {
        schemaVersion: 2,
        outcome: "could not check",
        found: [{ tier: "unknown", path: "account" }],
        gone: [],
      },
    ]);
  });
});
