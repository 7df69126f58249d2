/** What `npm run connect-function` refuses or waits for, in states that a local AWS cannot play. */

import { existsSync, readFileSync, rmSync } from "node:fs";
import { conversations } from "../../tables/conversations";
import { chatbot, connectionRecord, expectNoSecret, secrets } from "../support/chatbot";
import { playLambda, refuseCall, type LambdaScript, type LambdaStub } from "../support/lambda-stub";
import { runScript, startScript } from "../support/scripts";

const record = connectionRecord("staging");
const args = (...more: readonly string[]) => ["--function", chatbot, "--env", "staging", ...more];

describe("npm run connect-function", () => {
  let stub: LambdaStub;
  beforeEach(() => rmSync(record, { force: true }));
  afterEach(() => stub.close());
  afterAll(() => rmSync(record, { force: true }));

  const play = async (script: Partial<LambdaScript> = {}) => {
    stub = await playLambda({ function: { variables: secrets }, ...script });
    return { AWS_ENDPOINT_URL: stub.url };
  };
  const connect = async (variables: NodeJS.ProcessEnv, ...more: readonly string[]) => {
    const outcome = await runScript("connect-function", args(...more), variables);
    expectNoSecret(outcome.stdout, outcome.stderr);
    return outcome;
  };

  it("refuses when someone changes the function between its look and its write: exit 1, nothing written", async () => {
    const variables = await play({
      onUpdate: (state) => {
        state.variables = { ...secrets, LOG_LEVEL: "debug" };
        state.revision += 1;
        return false;
      },
    });
    const { code, stdout, stderr } = await connect(variables, "--yes", "--json");
    expect(code).toBe(1);
    expect(stderr).toContain(`Someone changed ${chatbot} meanwhile: nothing was written. Run this again.`);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "refused" });
    expect(stub.updates.map(({ RevisionId }) => RevisionId)).toEqual(["revision-1"]);
    expect(stub.function.variables).not.toHaveProperty("DYNAMODB_TABLE_NAME");
    expect(existsSync(record)).toBe(false);
  });

  it("knows its own write again when the answer got lost", async () => {
    let isFirst = true;
    const variables = await play({
      onUpdate: (state, update, response) => {
        if (!isFirst) return false;
        isFirst = false;
        state.variables = update.Environment?.Variables ?? {};
        state.revision += 1;
        response.destroy();
        return true;
      },
    });
    expect((await connect(variables, "--yes")).code).toBe(0);
    expect(stub.updates).toHaveLength(2);
    expect(existsSync(record)).toBe(true);
  });

  it("refuses what it cannot read: to write unread variables back would wipe them", async () => {
    const error = { ErrorCode: "AccessDeniedException", Message: "Lambda was unable to decrypt" };
    const { code, stderr } = await connect(await play({ function: { variables: {}, error } }), "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("You need kms:Decrypt on the key that encrypts them, arn:aws:kms:");
    expect(stub.updates).toEqual([]);
  });

  it.each([
    ["an update that is in progress", { updateStatus: "InProgress" }],
    ["a function that is being created", { state: "Pending" }],
  ])("waits for nobody: %s is refused", async (_what, state) => {
    const { code, stderr } = await connect(
      await play({ function: { variables: secrets, ...state } }),
      "--yes",
    );
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      `Another update of ${chatbot} is in progress: nothing was written. Run this again when it is done.`,
    );
    expect(stub.updates).toEqual([]);
  });

  it("refuses what would exceed Lambda's 4 KB, with both sizes", async () => {
    // The JSON of these alone has 4,096 bytes.
    const full = { ...secrets, FILL: "" };
    full.FILL = "x".repeat(4_096 - Buffer.byteLength(JSON.stringify(full)));
    const { code, stderr } = await connect(await play({ function: { variables: full } }), "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "With DYNAMODB_TABLE_NAME the function's variables take 4153 bytes, and Lambda allows 4096.",
    );
    expect(stub.updates).toEqual([]);
  });

  it("repeats nothing of a refusal that quotes the variables", async () => {
    const variables = await play({
      onUpdate: (_state, update, response) =>
        refuseCall(
          response,
          400,
          "InvalidParameterValueException",
          `exceeded the 4KB limit. String measured: ${JSON.stringify(update.Environment?.Variables)}`,
        ),
    });
    const { code, stderr } = await connect(variables, "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain(`Lambda refused the change of ${chatbot} (InvalidParameterValueException).`);
    expect(existsSync(record)).toBe(false);
  });

  it("waits until Lambda has taken the change over", async () => {
    const variables = await play({
      onRead: (state, reads) => {
        if (reads > 0) state.updateStatus = reads < 3 ? "InProgress" : "Successful";
      },
    });
    expect((await connect(variables, "--yes")).code).toBe(0);
    expect(stub.updates).toHaveLength(1);
  });

  it("says so when Lambda could not take it over: exit 1", async () => {
    const variables = await play({
      onRead: (state, reads) => {
        if (reads > 0) state.updateStatus = "Failed";
      },
    });
    const { code, stderr } = await connect(variables, "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("could not take them over (no reason given).");
  });

  it("says so when another variable changed right after, by its name: exit 1", async () => {
    const variables = await play({
      onRead: (state, reads) => {
        if (reads > 0) state.variables = { ...state.variables, OPENAI_API_KEY: "rotated" };
      },
    });
    const { code, stderr } = await connect(variables, "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "was changed by someone else right after: OPENAI_API_KEY is not what was written.",
    );
  });

  it("is interrupted while it waits: exit 130, and the way back is kept", async () => {
    const variables = await play({
      onRead: (state, reads) => {
        if (reads > 0) state.updateStatus = "InProgress";
      },
    });
    const running = startScript("connect-function", args("--yes"), variables);
    while (stub.updates.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(running.output.stderr).toMatch(/Interrupted by SIGINT\.\n$/);
    expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({
      before: null,
      written: `${conversations.name}-staging`,
    });
    expectNoSecret(running.output.stdout, running.output.stderr, readFileSync(record, "utf8"));
  });

  it("has nobody to ask without a terminal: exit 2, nothing written", async () => {
    const { code, stdout, stderr } = await connect(await play());
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("look with --dry-run, then run this with --yes.");
    expect(stub.updates).toEqual([]);
  });

  it("hints at a role that does not get the access policy", async () => {
    const hinted = await connect(await play(), "--yes");
    expect(hinted.stderr).toContain(
      "Its role cg-chatbot-lambda-role is not the one that STAGING_CHATBOT_ROLE names (not set)",
    );
    rmSync(record);
    await stub.close();
    const role = { STAGING_CHATBOT_ROLE: "cg-chatbot-lambda-role" };
    const silent = await connect({ ...(await play()), ...role }, "--yes");
    expect(silent.stderr).not.toContain("STAGING_CHATBOT_ROLE");
  });

  it("stops at credentials of another account: exit 2", async () => {
    const { code, stderr } = await connect(await play({ account: "999988887777" }), "--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("These are credentials of account 999988887777, not 123456789012.");
    expect(stub.updates).toEqual([]);
  });
});
