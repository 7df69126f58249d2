/** What a job is told of the environments. */

import { allowancesFor } from "../../../scripts/lib/pipeline/allowances";
import {
  credentialsFor,
  environmentOf,
  readSettings,
} from "../../../scripts/lib/pipeline/environment-settings";
import { affectedTargets, allTargets } from "../../../scripts/lib/pipeline/targets";

const configured = { DEV_ACCOUNT_ID: "123456789012", DEV_STATE_BUCKET: "states-dev" };
const withRoles = { ...configured, DEV_PIPELINE_REPOSITORY: "example/dynamodb-layer" };

describe("settings", () => {
  it("are the variables that begin with an environment, and no others", () => {
    const variables = { ...configured, PATH: "/tmp", LOCAL_REGION: "us-east-1", DEV_: "x", dev_region: "x" };
    expect(readSettings(JSON.stringify(variables))).toEqual(configured);
    expect(readSettings("")).toEqual({});
  });

  it.each(["null", "[1]", '{"DEV_REGION": 1}', "{"])("cannot be read from %s", (json) => {
    expect(() => readSettings(json)).toThrow("SETTINGS must be the repository's variables");
  });

  it("have one line: the second would be a variable of its own", () => {
    const json = JSON.stringify({ DEV_REGION: "us-east-1\nNODE_OPTIONS=--require /tmp/x.js" });
    expect(() => readSettings(json)).toThrow("The variable DEV_REGION has more than one line.");
  });
});

describe("the role of a job", () => {
  it("is that of the environment's account", () => {
    expect(credentialsFor("plan", "dev", withRoles)).toEqual({
      roleArn: "arn:aws:iam::123456789012:role/dynamodb-layer-plan-dev",
      region: "us-east-1",
    });
  });

  it("is refused without an account, or a bucket that keeps the states", () => {
    const sentence = "Set the variables DEV_ACCOUNT_ID and DEV_STATE_BUCKET first";
    expect(() => credentialsFor("plan", "dev", { DEV_ACCOUNT_ID: "123456789012" })).toThrow(sentence);
    expect(() => credentialsFor("plan", "dev", {})).toThrow(sentence);
  });

  it("is refused without the repository: a plan would take the boundary off every role", () => {
    expect(() => credentialsFor("plan", "dev", configured)).toThrow(
      "Set the variable DEV_PIPELINE_REPOSITORY as the bootstrap has it",
    );
  });

  it.each([undefined, "", "local", "production"])("is refused for the environment %j", (name) => {
    expect(() => environmentOf(name)).toThrow("ENVIRONMENT must be one of dev, staging, prod");
  });
});

describe("the targets of a run", () => {
  it("leave out what has no account, and name it", () => {
    const stacks = ["trade-status-tables-dev", "trade-status-services-dev", "trade-status-tables-prod"];
    expect(affectedTargets({ stacks, removed: [] }, configured)).toEqual({
      include: [{ environment: "dev", stacks: "trade-status-tables-dev trade-status-services-dev" }],
      skipped: ["prod"],
      removed: [],
    });
  });

  it("are none where nothing is configured, or affected", () => {
    expect(allTargets({}).include).toEqual([]);
    expect(affectedTargets({ stacks: [], removed: [] }, configured).include).toEqual([]);
  });
});

describe("allowances of commits", () => {
  const plans = (...subjects: readonly string[]) =>
    JSON.stringify({
      stacks: subjects.map((subject) => ({ verdict: { refusals: [{ subject }], permitted: [] } })),
    });

  it("count where their table is refused; of two for one table, the later commit's", () => {
    const lines =
      "agent-profiles-dev:moved on 3 May\n\nagent-profiles-dev:first try\nconversations-dev:unused\n";
    expect(allowancesFor(lines, plans("agent-profiles-dev", "other"))).toEqual([
      "agent-profiles-dev:moved on 3 May",
    ]);
    expect(allowancesFor("", plans("agent-profiles-dev"))).toEqual([]);
  });
});
