import { ordinaryBrands } from "../../../functions/brand-processing/actions";
import { mostListed } from "../../../functions/brand-processing/brands";
import { brandStatuses } from "../../../functions/brand-processing/model";
import { actionParameters, type ParameterTable } from "../../../functions/brand-processing/parameters";
import { brandActions } from "../../../stacks/brand-processing/agent-actions";
import type { AgentAction } from "../../../stacks/constructs/agent";

const declared: readonly AgentAction[] = brandActions.actions;
const tools: Readonly<Record<string, ParameterTable>> = actionParameters;

describe("the actions that Bedrock is told of", () => {
  it("are the tools of the Lambda, each with its parameters, required ones as such", () => {
    const told = declared.map(({ name, parameters }) => [
      name,
      Object.fromEntries(Object.entries(parameters).map(([key, { required }]) => [key, required])),
    ]);
    const taken = Object.entries(tools).map(([name, parameters]) => [
      name,
      Object.fromEntries(Object.entries(parameters).map(([key, { isRequired }]) => [key, isRequired])),
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(taken));
  });

  it("name all statuses, and the limits that the Lambda has", () => {
    const [list] = declared;
    for (const status of brandStatuses) expect(list?.parameters["status"]?.description).toContain(status);
    const limits = declared.flatMap(({ parameters }) => parameters["limit"]?.description ?? []);
    expect(limits).toHaveLength(2);
    for (const limit of limits) expect(limit).toContain(`from 1 to ${mostListed}`);
    expect(limits[1]).toContain(`${ordinaryBrands} when it is not given`);
  });
});
