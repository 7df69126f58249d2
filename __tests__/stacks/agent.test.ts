import { Agent, type AgentProps } from "../../stacks/constructs/agent";
import { documentOf, emptyStack, someFunction } from "../support/construct-stack";
import { resource } from "../support/synthesis";

const sound = {
  description: "Shows analyses",
  instruction: "You show analyses of designs, and nothing else, to whoever asks for one of them.",
  model: "amazon.nova-pro-v1:0",
} as const;

const action = {
  name: "get_analysis",
  description: "Shows one analysis",
  parameters: { id: { type: "string", description: "Of the analysis", required: true } },
} as const;

type Changes = Partial<Omit<AgentProps, "actions">> & { readonly actions?: Partial<AgentProps["actions"]> };

function define({ actions, ...changes }: Changes = {}) {
  const stack = emptyStack();
  const group = { name: "analyses", description: "Analyses", actions: [action], ...actions };
  new Agent(stack, { ...sound, ...changes, actions: { performedBy: someFunction(stack), ...group } });
  return documentOf(stack);
}

const aliasOf = (changes: Changes = {}) => resource(define(changes), "aws_bedrockagent_agent_alias", "agent");

describe("an agent's construct", () => {
  const parameters = Object.fromEntries(
    ["a", "b", "c", "d", "e", "f"].map((name) => [name, action.parameters.id]),
  );
  it.each<readonly [string, Changes, string]>([
    ["an instruction", { instruction: "Show." }, "its instruction must be 40 to 4000 characters; found 5."],
    ["no description", { description: "" }, "its description must be 1 to 200 characters; found 0."],
    [
      "no action",
      { actions: { actions: [] } },
      "its number of actions of analyses must be 1 to 11; found 0.",
    ],
    [
      "six parameters",
      { actions: { actions: [{ ...action, parameters }] } },
      "its number of parameters of get_analysis must be 0 to 5; found 6.",
    ],
    [
      "a long description",
      { actions: { actions: [{ ...action, description: "x".repeat(1_201) }] } },
      "its description of get_analysis must be 1 to 1200 characters; found 1201.",
    ],
    [
      "a name with two underscores in a row",
      { actions: { actions: [{ ...action, name: "get__analysis" }] } },
      'letters and digits, with single dashes or underscores after them; found "get__analysis".',
    ],
    [
      "two actions of one name",
      { actions: { actions: [action, action] } },
      'two actions are called "get_analysis". Rename one.',
    ],
  ])("refuses what Bedrock does not take: %s", (_, changes, message) => {
    expect(() => define(changes)).toThrow(message);
  });

  it("keeps the alias, which callers name, and its description, where nothing of a version changes", () => {
    expect(aliasOf()).toEqual(aliasOf());
    expect(aliasOf()["lifecycle"]).toBeUndefined();
  });

  it.each<readonly [string, Changes]>([
    ["the instruction", { instruction: `${sound.instruction} Be brief.` }],
    ["the model", { model: "us.amazon.nova-pro-v1:0" }],
    ["the guardrail", { guardrail: { id: "gr1", version: "1" } }],
    ["the key", { keyArn: "arn:aws:kms:us-east-1:111122223333:key/1234abcd" }],
    ["an action's description", { actions: { actions: [{ ...action, description: "Shows an analysis" }] } }],
    ["an action's parameters", { actions: { actions: [{ ...action, parameters: {} }] } }],
  ])("leads the alias to a new version when %s changes", (_, changes) => {
    const [before, after] = [aliasOf(), aliasOf(changes)];
    expect(after["description"]).not.toBe(before["description"]);
    expect({ ...after, description: "" }).toEqual({ ...before, description: "" });
  });

  it("takes a version only when the agent has its actions", () => {
    expect(aliasOf()["depends_on"]).toEqual(["aws_bedrockagent_agent_action_group.agent"]);
  });
});
