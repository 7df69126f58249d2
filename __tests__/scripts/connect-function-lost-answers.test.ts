/** What connecting a function makes of answers that get lost, and of updates that are not done. */

import { LambdaClient } from "@aws-sdk/client-lambda";
import { existsSync, rmSync } from "node:fs";
import { awsConfiguration } from "../../scripts/lib/aws";
import { carryOut, forgetSpent, planConnection } from "../../scripts/lib/connect-function/connect";
import { loadEnvironments } from "../../stacks/environments";
import { chatbot, connectionRecord, secrets } from "../support/chatbot";
import { playLambda, refuseCall, type LambdaScript, type LambdaStub } from "../support/lambda-stub";

const record = connectionRecord("dev");
const table = "cg-chatbot-conversations-dev";
const connected = { ...secrets, DYNAMODB_TABLE_NAME: table };

let stub: LambdaStub;
let client: LambdaClient;
beforeEach(() => rmSync(record, { force: true }));
afterEach(async () => {
  client.destroy();
  await stub.close();
});
afterAll(() => rmSync(record, { force: true }));

const play = async (script: Partial<LambdaScript> = {}) => {
  stub = await playLambda({ function: { variables: secrets }, ...script });
  client = new LambdaClient(awsConfiguration(loadEnvironments({}).dev, {}, { AWS_ENDPOINT_URL: stub.url }));
};
const options = { signal: new AbortController().signal, onWait: () => undefined };
const plan = (undo = false) =>
  planConnection(client, { environment: "dev", functionName: chatbot, table, undo }, options);
const connect = async (undo = false) => {
  const planned = await plan(undo);
  if (planned.kind === "change") await carryOut(client, planned, options);
  else forgetSpent(planned);
  return planned.kind;
};

describe("an update whose answer gets lost", () => {
  const losesFirst = (updates: number) => updates === 1;

  it("is known again while it is in progress, and can be taken back", async () => {
    await play({ looksInProgress: 1, losesAnswer: losesFirst });
    await connect();
    // The second one met the first: 409.
    expect(stub.updates).toHaveLength(2);
    expect(stub.function.variables).toEqual(connected);
    expect(existsSync(record)).toBe(true);
    await connect(true);
    expect(stub.function.variables).toEqual(secrets);
    expect(existsSync(record)).toBe(false);
  });

  it("is known again when what comes in its place is another refusal", async () => {
    await play({
      losesAnswer: losesFirst,
      onUpdate: (_state, _update, response) =>
        stub.updates.length > 1 && refuseCall(response, 403, "AccessDeniedException", "Expired"),
    });
    await connect();
    expect(stub.updates).toHaveLength(2);
    expect(existsSync(record)).toBe(true);
  });

  it("keeps its way back when someone changed another variable since", async () => {
    await play({
      losesAnswer: losesFirst,
      onUpdate: (state) => {
        if (stub.updates.length > 1) state.variables = { ...state.variables, LOG_LEVEL: "debug" };
        return false;
      },
    });
    await expect(connect()).rejects.toThrow("LOG_LEVEL is not what was written.");
    expect(existsSync(record)).toBe(true);
  });

  it("is refused as not written when the function does not hold it, and leaves no record", async () => {
    await play({
      onUpdate: (_state, _update, response) => {
        if (stub.updates.length > 1) return refuseCall(response, 403, "AccessDeniedException", "Expired");
        response.destroy();
        return true;
      },
    });
    await expect(connect()).rejects.toThrow(
      `Lambda refused the change of ${chatbot} (AccessDeniedException).`,
    );
    expect(stub.updates).toHaveLength(2);
    expect(existsSync(record)).toBe(false);
  });

  it("may be written when the function cannot be read back: the record stays", async () => {
    await play({
      looksInProgress: 1,
      losesAnswer: losesFirst,
      onRead: (state, reads) => {
        if (reads > 0) state.error = { ErrorCode: "AccessDeniedException", Message: "unable to decrypt" };
      },
    });
    await expect(connect()).rejects.toThrow("cannot be read (AccessDeniedException)");
    expect(existsSync(record)).toBe(true);
  });
});

describe("a function that is as wished", () => {
  it("is connected when Lambda has taken that over", async () => {
    let looks = 0;
    await play({
      function: { variables: connected, updateStatus: "InProgress" },
      onRead: (state, reads) => {
        looks = reads + 1;
        if (reads === 2) state.updateStatus = "Successful";
      },
    });
    expect((await plan()).kind).toBe("nothing to do");
    expect(looks).toBe(3);
  });

  it("is not connected when Lambda could not take it over, be it known at once or after a wait", async () => {
    await play({ function: { variables: connected, updateStatus: "Failed" } });
    await expect(plan()).rejects.toThrow("could not take them over (no reason given). Let its owner look");
    stub.function.updateStatus = "InProgress";
    const waiting = { ...options, onWait: () => (stub.function.updateStatus = "Failed") };
    const wish = { environment: "dev", functionName: chatbot, table, undo: false } as const;
    await expect(planConnection(client, wish, waiting)).rejects.toThrow("could not take them over");
    expect(stub.updates).toEqual([]);
  });

  it("is planned anew when it is another one after the wait", async () => {
    await play({
      function: { variables: connected, updateStatus: "InProgress" },
      onRead: (state, reads) => {
        if (reads > 0) Object.assign(state, { variables: secrets, updateStatus: "Successful" });
      },
    });
    expect((await plan()).kind).toBe("change");
  });

  it("taken back by hand, loses its record: what its owner sets later stays", async () => {
    await play();
    await connect();
    stub.function.variables = secrets;
    expect((await plan(true)).kind).toBe("nothing to do");
    // To look alone forgets nothing.
    expect(existsSync(record)).toBe(true);
    expect(await connect(true)).toBe("nothing to do");
    expect(existsSync(record)).toBe(false);
    stub.function.variables = connected;
    await expect(plan(true)).rejects.toThrow(`No connection of ${chatbot} is recorded in this clone`);
  });
});
