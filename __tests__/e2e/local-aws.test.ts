/** `npm run local`: one process that leaves nothing behind, however it ends. */

import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { execFileSync } from "node:child_process";
import { awsClients } from "../../scripts/lib/aws";
import { localFolder } from "../../scripts/lib/paths";
import { freePort } from "../../scripts/local/ports";
import { loadEnvironments } from "../../stacks/environments";
import { folderNames, untilGone } from "../support/processes";
import { runScript, startScript, type RunningScript } from "../support/scripts";

const running = "The local AWS is running.";

/** The variables that a shell has after it evaluated the exports. */
function evaluate({ output }: RunningScript): Readonly<Record<string, string>> {
  const text = execFileSync("sh", ["-c", `${output.stdout}\nenv`], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], AWS_PROFILE: "prod", AWS_SESSION_TOKEN: "secret" },
  });
  return Object.fromEntries(text.split("\n").map((line) => line.split(/=(.*)/s, 2) as [string, string]));
}

/** What identifies the moto of this local AWS among the machine's processes. */
const folderOf = (variables: Readonly<Record<string, string>>): string =>
  /aws-\w+/.exec(variables["STATE_FOLDER"] ?? "")?.[0] ?? "no folder";

/** Others may make theirs at the same time. */
const foldersOf = ({ process: { pid } }: RunningScript): readonly string[] =>
  folderNames(localFolder).filter((name) => name.startsWith(`aws-${pid}-`));

jest.setTimeout(60_000);

/** One that runs, with the ports that it and its moto have. */
interface Local {
  readonly script: RunningScript;
  readonly port: number;
  readonly motoPort: string;
}

async function startLocal(): Promise<Local> {
  const port = await freePort();
  const script = startScript("local", ["--port", String(port), "--api-port", "0"]);
  await script.waitFor(running);
  const processes = execFileSync("ps", ["-A", "-ww", "-o", "ppid=,args="], { encoding: "utf8" });
  const children = processes.split("\n").filter((line) => line.trim().startsWith(`${script.process.pid} `));
  const [motoPort] = children.flatMap((line) => / -p (\d+)/.exec(line)?.[1] ?? []);
  if (motoPort === undefined) {
    script.process.kill("SIGKILL");
    throw new Error(`There is no moto among its children:\n${children.join("\n")}`);
  }
  return { script, port, motoPort };
}

async function kill({ script }: Local): Promise<void> {
  script.process.kill("SIGKILL");
  await script.ended;
}

describe("npm run local", () => {
  let local: Local;
  beforeAll(async () => (local = await startLocal()));
  afterAll(() => kill(local));

  it("prints exports that point a shell at it, and take real credentials out of the way", async () => {
    const variables = evaluate(local.script);
    expect(variables).toMatchObject({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${local.port}`,
      AWS_ACCESS_KEY_ID: "local",
      AWS_REGION: "us-east-1",
    });
    expect(variables).not.toHaveProperty("AWS_PROFILE");
    expect(variables).not.toHaveProperty("AWS_SESSION_TOKEN");
    const { dynamodb } = awsClients(loadEnvironments({}).dev, {}, variables);
    expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual([]);
  });

  it("serves the APIs of the stacks, and says what it does not check", async () => {
    const { API_URL = "" } = evaluate(local.script);
    const response = await fetch(`${API_URL}/status/test-session-123`);
    // Nothing has been deployed yet.
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: { code: "internal", message: "The table is not there. Deploy the system's tables stack." },
    });
    expect((await fetch(`${API_URL}/orders`)).status).toBe(404);
    expect(local.script.output.stderr).toContain("GET /analysis/status/{request_id}");
    expect(local.script.output.stderr).toContain("AWS_IAM is not checked here");
  });

  it("refuses an API port that is taken: exit 2, one sentence, nothing left", async () => {
    const refused = startScript("local", ["--api-port", String(local.port)]);
    expect(await refused.ended).toBe(2);
    expect(refused.output.stderr.trim()).toBe(
      `Port ${local.port} is taken: give another with --api-port, or 0 for a free one.`,
    );
    expect(foldersOf(refused)).toEqual([]);
  });

  it("refuses a port that is taken: exit 2, one sentence, nothing left", async () => {
    const refused = startScript("local", ["--port", String(local.port), "--api-port", "0"]);
    expect(await refused.ended).toBe(2);
    expect(refused.output).toEqual({
      stdout: "",
      stderr: `Port ${local.port} is taken: give another with --port, or 0 for a free one.\n`,
    });
    expect(foldersOf(refused)).toEqual([]);
  });
});

describe("npm run local, when it ends,", () => {
  let local: Local;
  beforeEach(async () => (local = await startLocal()));
  afterEach(() => kill(local));

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("does so on %s with exit code %i and leaves nothing", async (signal, code) => {
    const folder = folderOf(evaluate(local.script));
    local.script.process.kill(signal);
    expect(await local.script.ended).toBe(code);
    expect(await untilGone(`-p ${local.motoPort}`)).toEqual([]);
    expect(folderNames(localFolder)).not.toContain(folder);
  });

  it("takes moto with it, also when it is killed", async () => {
    await kill(local);
    expect(await untilGone(`-p ${local.motoPort}`)).toEqual([]);
  });
});

describe("npm run local", () => {
  it.each(["http", "70000", "-1"])("refuses %s as a port: exit 2", async (port) => {
    const { code, stderr } = await runScript("local", [`--port=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `'--port <port>' argument '${port}' is invalid. It takes a number from 0 to 65535.`,
    );
  });
});
