/** What people name on a command line: stacks, tables, or nothing for all of an environment. */

import { selectStacks } from "../../scripts/lib/deploy/select-stacks";
import { selectTarget } from "../../scripts/lib/deploy/target";
import { selectSubjects } from "../../scripts/lib/verify/select-subjects";
import { stacksOf } from "../../stacks/naming";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { catalogue } from "../../tables/catalogue";

describe("the stacks that people name", () => {
  it("may leave out the environment, and come in the order of deployment, each once", () => {
    const names = ["trade-status-services", "trade-status-tables-dev", "trade-status-tables"];
    expect(selectStacks(names, "dev")).toEqual(["trade-status-tables-dev", "trade-status-services-dev"]);
  });

  it("are all of the environment's without a name", () => {
    expect(selectStacks([], "prod")).toEqual(stacksOf("prod"));
  });

  it("of another environment, or unknown, are refused with those that there are", () => {
    expect(() => selectStacks(["trade-status-tables-prod"], "dev")).toThrow(
      'There is no stack "trade-status-tables-prod" in dev. Use one of: brand-processing-tables-dev,',
    );
  });

  it("beside a table of another stack are refused", () => {
    expect(() => selectTarget("agent-profiles", "dev", ["trade-status-tables-dev"])).toThrow(
      "agent-profiles is a table of agent-matching-tables-dev: leave out trade-status-tables-dev with --target.",
    );
  });
});

describe("what people want verified", () => {
  it("is everything of the environment without a name", () => {
    expect(selectSubjects([], "prod")).toEqual({ tables: catalogue, stacks: stacksOf("prod") });
  });

  it("is a table alone by its id or its name", () => {
    expect(selectSubjects(["agent-profiles", "agent-profiles-dev"], "dev")).toEqual({
      tables: [agentProfiles],
      stacks: [],
    });
  });

  it("is a stack of tables with its tables, and what else it has", () => {
    expect(selectSubjects(["agent-matching-tables"], "dev")).toEqual({
      tables: [agentProfiles, agentConversations],
      stacks: ["agent-matching-tables-dev"],
    });
  });

  it("is a stack of services without any table", () => {
    expect(selectSubjects(["trade-status-services-dev"], "dev")).toEqual({
      tables: [],
      stacks: ["trade-status-services-dev"],
    });
  });

  it("of another name is refused with the names that there are", () => {
    expect(() => selectSubjects(["trade-statuses"], "dev")).toThrow(
      /^There is no table or stack "trade-statuses" in dev\. Use one of: .*agent-profiles.*trade-status-services-dev/,
    );
  });
});
