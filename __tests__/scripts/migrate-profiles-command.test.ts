/** `npm run migrate-profiles` as people run it: options, exit codes, Ctrl-C, and what it prints. */

import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localAccountId } from "../../stacks/local-endpoint";
import { startAwsFront } from "../support/aws-front";
import { writeJsonStorage } from "../support/json-storage";
import { startMigrationPlace, type MigrationPlace } from "../support/migration";
import { runScript, startScript } from "../support/scripts";

let place: MigrationPlace;
beforeAll(async () => (place = await startMigrationPlace()));
afterAll(() => place.stop());

const run = (args: readonly string[], variables: NodeJS.ProcessEnv = place.environment) =>
  runScript("migrate-profiles", ["--env", "local", ...args], variables);
const fast = ["--max-wcu", "100000", "--max-rcu", "100000"];
const storage = (name: string, files: number) => {
  const source = join(place.folder, name);
  return { source, ...writeJsonStorage(source, files) };
};

it.each([
  ["neither --from nor --rollback", [], "Give --from <folder or file>, or --rollback --to <folder>."],
  ["a rollback without a folder", ["--rollback"], "A rollback needs a folder: give --to <folder>."],
  ["a source that is not there", ["--from", "no-such-folder"], "no-such-folder cannot be read (ENOENT"],
  ["a limit of nothing", ["--from", "docs", "--max-wcu", "0"], "Give units a second, from 1 to 1000000."],
])("cannot tell for %s: exit 2", async (_, args, sentence) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
});

it("a dry run judges everything and asks nobody: no credentials, no table, no checkpoint", async () => {
  const { source } = storage("rehearsed", 120);
  const rejects = join(place.folder, "rehearsed.jsonl");
  const { code, stdout, stderr } = await run(
    ["--from", source, "--rejects", rejects, "--dry-run", "--json"],
    {},
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    environment: "local",
    table: "agent-profiles-local",
    direction: "migration",
    dryRun: true,
    outcome: "incomplete",
    read: 120,
    good: 119,
    rejected: 1,
    rejects,
  });
  expect(readFileSync(rejects, "utf8")).toBe(
    '{"file":"agent-50.json","code":"not-json","reason":"It is not JSON. Check its commas, quotes and brackets."}\n',
  );
});

it("is stopped by Ctrl-C with exit 130, and goes on when it is run again", async () => {
  const { source, good } = storage("interrupted", 1_500);
  const rejects = ["--rejects", join(place.folder, "interrupted.jsonl")];
  const script = startScript(
    "migrate-profiles",
    ["--env", "local", "--from", source, ...rejects, ...fast],
    place.environment,
  );
  let calls = 0;
  place.front.onCall = (name) => {
    if (name === "BatchWriteItem") calls += 1;
    if (calls === 20) script.process.kill("SIGINT");
  };
  expect(await script.ended).toBe(130);
  place.front.onCall = undefined;
  expect(script.output.stderr).toBe(
    "Run the same command again to go on from here.\nInterrupted by SIGINT.\n",
  );
  const { code, stdout, stderr } = await run(["--from", source, ...rejects, ...fast, "--json"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Going on after \d+ stored and \d+ rejected profiles\.\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ read: 1_500, stored: good.size, verified: good.size });
}, 120_000);

it("there and back: exit 0 when all is there, and says what it did", async () => {
  const { source } = storage("whole", 40);
  const there = await run(["--from", source]);
  expect({ code: there.code, stderr: there.stderr }).toEqual({ code: 0, stderr: "" });
  const told = there.stdout.replace(/^ +(time|peak memory).*\n/gm, "");
  expect(told).toBe(
    "✓ complete\n  read                   40\n  stored                 40\n  rejected               0\n" +
      "  verified in the table  40\n",
  );
  const to = join(place.folder, "back");
  writeFileSync(join(place.folder, "file"), "");
  expect((await run(["--rollback", "--to", join(place.folder, "file")])).code).toBe(2);
  const rehearsed = await run(["--rollback", "--to", to, "--dry-run"]);
  expect(rehearsed.stdout).toContain("would be written");
  expect(readdirSync(place.folder)).not.toContain("back");
  const back = await run(["--rollback", "--to", to, ...fast, "--json"]);
  expect(back.code).toBe(0);
  expect(JSON.parse(back.stdout)).toMatchObject({ direction: "rollback", outcome: "complete", missing: 0 });
  expect(readdirSync(to)).toEqual(expect.arrayContaining(readdirSync(source)));
}, 120_000);

it("goes on when connections break for a while", async () => {
  const { source } = storage("broken-off", 30);
  let calls = 0;
  place.front.intercept = ({ operation }) => {
    if (operation !== "BatchWriteItem") return undefined;
    calls += 1;
    return calls <= 8 ? Promise.reject(new Error("The connection breaks.")) : undefined;
  };
  const { code, stderr } = await run(["--from", source, ...fast]);
  place.front.intercept = undefined;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 120_000);

it("says which stack to deploy when the table is not there: exit 2", async () => {
  const { code, stderr } = await runScript(
    "migrate-profiles",
    ["--env", "dev", "--from", "docs"],
    place.environment,
  );
  expect(code).toBe(2);
  expect(stderr).toBe(
    "There is no table agent-profiles-dev. Deploy it: npx cdktf deploy agent-matching-tables-dev\n",
  );
});

it("writes nothing with credentials of another account: exit 2", async () => {
  const front = await startAwsFront(place.front.endpoint, () => "999988887777");
  const { code, stderr } = await run(["--from", "docs"], { AWS_ENDPOINT_URL: front.endpoint });
  await front.stop();
  expect(code).toBe(2);
  expect(stderr).toContain(
    `These are credentials of account 999988887777, not ${localAccountId}. Use a profile of the environment's account.`,
  );
  expect(front.operations).toEqual(["GetCallerIdentity"]);
});

it("does not write its rejects over another file, or among the profiles", async () => {
  const { source } = storage("guarded", 1);
  const over = await run(["--from", source, "--dry-run", "--rejects", "package.json"]);
  expect(over.code).toBe(2);
  expect(over.stderr).toContain(
    "package.json is there and lists no rejects. Name another file with --rejects.",
  );
  const among = await run(["--from", source, "--dry-run", "--rejects", join(source, "rejects.jsonl")]);
  expect(among.code).toBe(2);
  expect(among.stderr).toContain("The file of rejects would lie among the profiles");
  const link = join(place.folder, "link");
  symlinkSync(source, link);
  const linked = await run(["--from", source, "--dry-run", "--rejects", join(link, "rejects.jsonl")]);
  expect(linked.stderr).toContain("The file of rejects would lie among the profiles");
});
