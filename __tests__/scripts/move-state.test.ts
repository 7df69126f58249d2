/** States that move, by real Terraform, from files into a bucket of the local AWS and back. */

import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describePlan, init, plan, shortLived, type StackRuns } from "../../scripts/lib/stack-runs";
import { moveStates } from "../../scripts/lib/state/move-state";
import { backendOf } from "../../scripts/lib/state/places";
import { countResources, readState, type StateDocument } from "../../scripts/lib/state/state-document";
import { connect, pull, push, type StateCommands } from "../../scripts/lib/state/terraform-state";
import { buildApp } from "../../stacks/app";
import { loadSettings } from "../../stacks/settings";
import { startDeployment, type Deployment } from "../support/deployment";
import { runScript, startScript } from "../support/scripts";

const minutes = 60_000;
const stack = "trade-status-tables-dev";
const never = "conversations-tables-dev";
const Bucket = "acme-dynamodb-layer-dev";

describe("npm run move-state", () => {
  let deployment: Deployment;
  let s3: S3Client;
  let original: StateDocument;
  let file: string;
  beforeAll(async () => {
    deployment = await startDeployment();
    await deployment.deploy(stack);
    file = join(deployment.aws.folder, "state", `${stack}.tfstate`);
    original = stateOf(readFileSync(file, "utf8"));
    copyFileSync(file, `${file}.original`);
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    s3 = new S3Client({
      endpoint: deployment.aws.endpoint,
      region: "us-east-1",
      credentials,
      forcePathStyle: true,
    });
    await s3.send(new CreateBucketCommand({ Bucket }));
  }, 2 * minutes);
  afterAll(async () => {
    s3.destroy();
    await deployment.stop();
  });

  const stateOf = (text: string) => {
    const state = readState(text, "the state");
    if (state === undefined) throw new Error("There is no state.");
    return state;
  };
  const variables = () => ({ ...deployment.runs.variables, DEV_STATE_BUCKET: Bucket });
  const move = async (rest: { readonly back?: boolean; readonly dryRun?: boolean } = {}, one = stack) => {
    const settings = loadSettings(variables());
    const [moved] = await moveStates({
      environment: settings.environments.dev,
      settings,
      stacks: [one as typeof stack],
      output: deployment.runs.synthesized,
      back: false,
      dryRun: false,
      onStack: () => undefined,
      ...rest,
      runs: {
        ...deployment.runs,
        synthesized: join(deployment.aws.folder, "states"),
        variables: variables(),
        signal: new AbortController().signal,
      },
    });
    if (moved === undefined) throw new Error("Nothing was moved.");
    return moved;
  };
  const commands = (): StateCommands => ({
    ...deployment.runs,
    stack,
    folder: join(deployment.aws.folder, "states", "move-state"),
    log: join(deployment.aws.folder, "logs", "test.log"),
  });
  const inBucket = async () => (await pull(commands()))?.document;
  const restoreFile = (change: Partial<StateDocument> = {}) =>
    writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(readFileSync(`${file}.original`, "utf8")), ...change }),
    );
  const lock = { Bucket, Key: `${stack}/terraform.tfstate.tflock` };

  it("says what it would move, and writes nothing", async () => {
    expect(await move({ dryRun: true })).toEqual({ stack, outcome: "would move", resources: 8 });
    expect(await inBucket()).toBeUndefined();
    expect(stateOf(readFileSync(file, "utf8"))).toEqual(original);
  });

  it("has nothing to do for a stack that was never applied", async () => {
    expect(await move({}, never)).toEqual({ stack: never, outcome: "no state" });
  });

  it("is refused while another run holds the lock, and says who", async () => {
    const held = {
      ID: "0c9a3a5e-7f61",
      Operation: "OperationTypeApply",
      Who: "pipeline@ci",
      Version: "1.11.4",
    };
    await s3.send(new PutObjectCommand({ ...lock, Body: JSON.stringify(held) }));
    const { outcome, error } = await move();
    expect(outcome).toBe("refused");
    expect(error).toContain(`The state of ${stack} is locked by pipeline@ci, an apply`);
    expect(error).toContain(`npm run deploy -- --env dev ${stack} --unlock 0c9a3a5e-7f61`);
    expect(existsSync(file)).toBe(true);
    await s3.send(new DeleteObjectCommand(lock));
  });

  it("is refused while Terraform works on the file", async () => {
    const working = join(deployment.aws.folder, "state", `.${stack}.tfstate.lock.info`);
    writeFileSync(working, "{}");
    const { outcome, error } = await move();
    expect({ outcome, error }).toEqual({
      outcome: "refused",
      error: expect.stringContaining(`Terraform works on ${file}: nothing was changed.`) as string,
    });
    rmSync(working);
  });

  it(
    "goes on after it was cut off between copy and check",
    async () => {
      // Terraform's first write into an empty bucket: a state of its own lineage.
      const settings = loadSettings(variables());
      const backend = backendOf(stack, settings.environments.dev, settings);
      writeFileSync(join(commands().folder, "main.tf.json"), JSON.stringify({ terraform: { backend } }));
      await connect(commands());
      await push(commands(), file);
      expect((await inBucket())?.lineage).not.toBe(original.lineage);
      expect(await move({ dryRun: true })).toMatchObject({ outcome: "would move" });
      const moved = await move();
      expect(moved).toMatchObject({ stack, outcome: "moved", resources: 8 });
      expect(moved.backup).toMatch(/trade-status-tables-dev\.tfstate\.moved-\d{4}-\d\d-\d\dT/);
      expect(existsSync(file)).toBe(false);
      expect(stateOf(readFileSync(moved.backup ?? "", "utf8"))).toEqual(original);
    },
    minutes,
  );

  it("keeps lineage, resources and outputs, and the serial goes on", async () => {
    const moved = await inBucket();
    expect(moved).toEqual({ ...original, serial: moved?.serial });
    expect(moved?.serial).toBeGreaterThanOrEqual(original.serial);
    expect(countResources(moved ?? original)).toBe(8);
  });

  it(
    "leaves a plan from the bucket without changes",
    async () => {
      const synthesized = join(deployment.aws.folder, "from-bucket");
      buildApp(loadSettings(variables()), { outdir: synthesized }).synth();
      const runs: StackRuns = {
        ...deployment.runs,
        synthesized,
        variables: { ...shortLived, ...variables() },
      };
      await init(runs, stack);
      expect(describePlan(await plan(runs, stack))).toBe("no changes");
    },
    minutes,
  );

  it("has nothing to do the second time", async () => {
    expect(await move()).toEqual({ stack, outcome: "moved already", resources: 8 });
  });

  it("sets the file aside after it was cut off before that", async () => {
    restoreFile();
    expect(await move()).toMatchObject({ outcome: "moved", resources: 8 });
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ["another state", { lineage: "7513fcad-7c4e-2594-bbc4-da740895dc35" }, "The bucket has another state of"],
    [
      "an older one that says something else",
      { serial: 1, resources: [] },
      "The bucket has a newer state of",
    ],
  ])("refuses %s than the bucket's, and changes neither", async (_, change, sentence) => {
    const before = await inBucket();
    restoreFile(change);
    const { outcome, error } = await move();
    expect({ outcome, error }).toEqual({
      outcome: "refused",
      error: expect.stringContaining(sentence) as string,
    });
    expect(await inBucket()).toEqual(before);
    expect(stateOf(readFileSync(file, "utf8"))).toMatchObject(change);
  });

  it("refuses a file that is no state, and tells nothing of what is in it", async () => {
    writeFileSync(file, '{"password":"hunter2"');
    await expect(move()).rejects.toThrow(`${file} is no state of Terraform.`);
    await expect(move()).rejects.not.toThrow("hunter2");
    rmSync(file);
  });

  it("copies back into a file, and the bucket keeps what it has", async () => {
    const before = await inBucket();
    expect(await move({ back: true })).toEqual({ stack, outcome: "moved", resources: 8 });
    expect(stateOf(readFileSync(file, "utf8"))).toEqual(before);
    expect(await inBucket()).toEqual(before);
  });

  it(
    "as a command: moves what is there, tells machines, and then has nothing to do",
    async () => {
      const args = ["--env", "dev", stack, "--yes", "--json"];
      const first = await runScript("move-state", args, variables());
      expect(first.code).toBe(0);
      expect(JSON.parse(first.stdout)).toMatchObject({
        environment: "dev",
        outcome: "done",
        stacks: [{ stack, outcome: "moved", resources: 8 }],
      });
      const backups = readdirSync(join(deployment.aws.folder, "state")).filter((name) =>
        name.includes(".moved-"),
      );
      expect(backups).toHaveLength(3);
    },
    minutes,
  );

  it.each([
    [
      "a stack of another environment",
      ["--env", "dev", "trade-status-tables-prod", "--yes"],
      "There is no stack",
    ],
    ["nobody to ask", ["--env", "dev", stack], "There is no terminal to ask at"],
    ["no bucket", ["--env", "staging", "--yes"], "STAGING_STATE_BUCKET is not set"],
  ])("cannot tell with %s: exit 2, in JSON too", async (_, args, sentence) => {
    const { code, stdout, stderr } = await runScript("move-state", [...args, "--json"], variables());
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) as string });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "could not tell" });
  });

  it("stops on Ctrl-C, and leaves state and file as they were", async () => {
    restoreFile();
    const before = await inBucket();
    const script = startScript("move-state", ["--env", "dev", stack, "--yes"], variables());
    await script.waitFor(`${stack} …`);
    script.process.kill("SIGINT");
    expect(await script.ended).toBe(130);
    expect(await inBucket()).toEqual(before);
  });
});
