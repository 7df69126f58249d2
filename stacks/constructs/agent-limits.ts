import type { ActionGroupProps, AgentAction, AgentProps } from "./agent";

/** AWS: CreateAgent, CreateAgentActionGroup; "Quotas for Amazon Bedrock" as they are by default. */
const limits = {
  description: { least: 1, most: 200 },
  instruction: { least: 40, most: 4_000 },
  actions: { least: 1, most: 11 },
  actionDescription: { least: 1, most: 1_200 },
  parameters: { least: 0, most: 5 },
  parameterDescription: { least: 1, most: 500 },
} as const;

/** Letters and digits, each followed by at most one dash or underscore. */
const name = /^([0-9a-zA-Z][_-]?){1,100}$/;

/** @throws Error that names the limit and the value, as AWS would only while it applies. */
export function checkAgent({ description, instruction, actions }: AgentProps): void {
  checkLength("description", "description", description);
  checkLength("instruction", "instruction", instruction);
  checkGroup(actions);
}

function checkGroup(group: ActionGroupProps): void {
  checkName("group of actions", group.name);
  checkLength("description", `description of ${group.name}`, group.description);
  checkCount("actions", `number of actions of ${group.name}`, group.actions.length);
  const names = group.actions.map((action) => action.name);
  const twice = names.find((action, index) => names.indexOf(action) < index);
  if (twice !== undefined) throw new Error(`The agent: two actions are called "${twice}". Rename one.`);
  group.actions.forEach(checkAction);
}

function checkAction(action: AgentAction): void {
  checkName("action", action.name);
  checkLength("actionDescription", `description of ${action.name}`, action.description);
  const parameters = Object.entries(action.parameters);
  checkCount("parameters", `number of parameters of ${action.name}`, parameters.length);
  for (const [parameter, { description }] of parameters) {
    checkName("parameter", parameter);
    checkLength("parameterDescription", `description of ${action.name}'s ${parameter}`, description);
  }
}

function checkName(what: string, value: string): void {
  if (name.test(value)) return;
  throw new Error(
    `The agent: the name of a ${what} must be 1 to 100 letters and digits, with single dashes or underscores ` +
      `after them; found "${value}".`,
  );
}

const checkLength = (limit: keyof typeof limits, what: string, text: string): void =>
  checkRange(limit, what, text.length, " characters");

const checkCount = (limit: keyof typeof limits, what: string, count: number): void =>
  checkRange(limit, what, count, "");

function checkRange(limit: keyof typeof limits, what: string, value: number, unit: string): void {
  const { least, most } = limits[limit];
  if (value >= least && value <= most) return;
  throw new Error(`The agent: its ${what} must be ${least} to ${most}${unit}; found ${value}.`);
}
