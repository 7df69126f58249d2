import { environmentNames, type EnvironmentName } from "../../../../tables/naming";
import { environmentTags } from "../../../../stacks/environments";
import type { PlannedChange, PlannedStack } from "../../plan/planned-stack";
import { ownerOf } from "../environment-names";
import { mentions } from "../mentioned-names";
import type { Finding, Rule } from "../rule";
import { isValues, text } from "../tables";
import { deployCommand, pages, twoSteps } from "../ways-out";

export const foreignNames: Rule = {
  id: "foreign-names",
  title: "A changed resource has, or names, what another environment has",
  find: (plan) =>
    plan.changes.flatMap((change) => {
      const found = [...foreign(plan.environment, change)];
      const [first] = found;
      return first === undefined ? [] : [finding(plan, change, first, found)];
    }),
};

interface Foreign {
  readonly what: string;
  readonly path: string;
  readonly owner: EnvironmentName;
}

function* foreign(environment: EnvironmentName, change: PlannedChange): Iterable<Foreign> {
  const told = new Set<string>();
  for (const values of [change.before, change.after]) {
    for (const { kind, name, path } of mentions(change.type, values)) {
      const owner = ownerOf(kind, name, environment);
      if (owner === undefined || told.has(name)) continue;
      told.add(name);
      yield { what: `${kind} ${name}`, path, owner };
    }
    const tag = environmentTag(values);
    const owner = environmentNames.find((name) => name !== environment && environmentTags[name] === tag);
    if (owner === undefined || told.has("tag")) continue;
    told.add("tag");
    yield { what: `tag Environment=${tag}`, path: "tags", owner };
  }
}

function environmentTag(values: PlannedChange["before"]): string | undefined {
  const tags = [values?.["tags"], values?.["tags_all"]].filter(isValues);
  return tags.map((set) => text(set["Environment"])).find((tag) => tag !== undefined);
}

function finding(
  plan: PlannedStack,
  { type, address, before, after }: PlannedChange,
  { owner }: Foreign,
  found: readonly Foreign[],
): Finding {
  const name = type === "aws_dynamodb_table" ? text(before?.["name"] ?? after?.["name"]) : undefined;
  const list = found.map((one) => `the ${one.what} (${one.path}) of ${one.owner}`).join(", ");
  return {
    subject: name ?? address,
    reason: `The plan of ${plan.environment} touches another environment: ${address} has ${list}.`,
    wayOut: twoSteps(
      `take the name from stacks/naming.ts or tables/naming.ts for ${plan.environment}, ${deployCommand(plan)}`,
      `what ${owner} needs, in its own stack, npm run deploy -- --env ${owner} ` +
        `${plan.system}-${plan.layer}-${owner}`,
      pages.names,
    ),
  };
}
