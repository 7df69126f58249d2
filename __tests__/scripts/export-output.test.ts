/** What `npm run export -- --to` leaves where it does not come to its end. */

import { readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsClients, awsConfiguration } from "../../scripts/lib/aws";
import type { Destination } from "../../scripts/lib/export/destination";
import { exportTable } from "../../scripts/lib/export/export-table";
import { writeWhole } from "../../scripts/lib/export/whole-file";
import { loadEnvironments } from "../../stacks/environments";
import { playExport, refuse, type Answer, type ExportStub } from "../support/export-stub";
import { temporaryFolder } from "../support/functions";

const { folder, remove } = temporaryFolder();
afterAll(remove);
const path = join(folder, "conversations.jsonl");

describe("a scan that does not come to its end", () => {
  let stub: ExportStub;
  const told: unknown[] = [];
  beforeEach(() => {
    told.length = 0;
    jest.spyOn(console, "error").mockImplementation((line) => told.push(line));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stub.close();
  });

  const table = "cg-chatbot-conversations";
  const scan = async (destination: Destination, Scan: Answer, signal = new AbortController().signal) => {
    stub = await playExport({ Scan });
    const { prod } = loadEnvironments({});
    const variables = { AWS_ENDPOINT_URL: stub.url };
    const clients = awsClients(prod, {}, variables);
    const configuration = awsConfiguration(prod, {}, variables);
    const options = { env: "prod", json: false, force: false, dryRun: false, interval: 1 } as const;
    return exportTable(destination, { ...options, configuration, clients, signal });
  };

  it.each<[string, Destination]>([
    ["The output is incomplete: do not use it.", { kind: "stdout", table }],
    ["Nothing was kept.", { kind: "file", table, path }],
  ])("says what is left of its output: %s", async (sentence, destination) => {
    const refused = scan(destination, (_input, response) => refuse(response, "AccessDeniedException"));
    await expect(refused).rejects.toThrow(
      /^cg-chatbot-conversations cannot be read to its end: AccessDenied/,
    );
    expect(told).toEqual([sentence]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says so on Ctrl-C, too", async () => {
    const controller = new AbortController();
    const interrupted = new Error("Interrupted by SIGINT.");
    const interruption: Answer = () => {
      controller.abort(interrupted);
      return undefined;
    };
    const scanned = scan({ kind: "stdout", table }, interruption, controller.signal);
    await expect(scanned).rejects.toBe(interrupted);
    expect(told).toEqual(["The output is incomplete: do not use it."]);
  });
});

describe("a file that is written whole", () => {
  const write = (force: boolean) =>
    writeWhole(path, force, async (append) => {
      await append("new\n");
      writeFileSync(path, "mine\n");
    });

  it("leaves what came up at its place meanwhile, and nothing beside it", async () => {
    await expect(write(false)).rejects.toMatchObject({
      name: "Refused",
      message: `${path} is there already. Give another name, or --force to replace it.`,
    });
    expect(readFileSync(path, "utf8")).toBe("mine\n");
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });

  it("replaces nothing that a look before does not show", async () => {
    const dangling = join(folder, "dangling.jsonl");
    symlinkSync("not-yet-there.jsonl", dangling);
    await expect(writeWhole(dangling, false, (append) => append("new\n"))).rejects.toThrow(
      "is there already.",
    );
    expect(readlinkSync(dangling)).toBe("not-yet-there.jsonl");
    rmSync(dangling);
  });

  it("replaces it with --force", async () => {
    await write(true);
    expect(readFileSync(path, "utf8")).toBe("new\n");
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });
});
