import { App } from "cdktf";
import { HttpApi } from "../../stacks/constructs/http-api";
import { ImportedTable } from "../../stacks/constructs/imported-table";
import { NodeFunction, type NodeFunctionProps } from "../../stacks/constructs/node-function";
import { ServicesStack } from "../../stacks/services-stack";
import { loadSettings } from "../../stacks/settings";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";

function newStack(): ServicesStack {
  const settings = loadSettings({});
  return new ServicesStack(new App(), {
    system: "design-analysis",
    environment: settings.environments.prod,
    settings,
  });
}

const define = (stack: ServicesStack, changes: Partial<NodeFunctionProps> = {}) =>
  new NodeFunction(stack, "read", {
    description: "Status and list of design analyses",
    entry: "functions/design-analysis/read.ts",
    environment: {},
    reservedConcurrency: 20,
    ...changes,
  });

describe("a function's construct", () => {
  it.each([
    ["timeout", { timeout: 901 }, "from 1 to 900; found 901"],
    ["memory", { memory: 64 }, "from 128 to 10240; found 64"],
    ["reservedConcurrency", { reservedConcurrency: 0 }, "from 1 to 1000; found 0"],
    ["reservedConcurrency", { reservedConcurrency: 2.5 }, "from 1 to 1000; found 2.5"],
  ])("refuses a %s that Lambda does not take: %j", (name, changes, limit) => {
    expect(() => define(newStack(), changes)).toThrow(
      `Function "read": ${name} must be a whole number ${limit}.`,
    );
  });
});

describe("an API's construct", () => {
  it("refuses an API without routes", () => {
    const api = () => new HttpApi(newStack(), { description: "Progress", routes: {} });
    expect(api).toThrow("The API of design-analysis-services-prod has no route. Add one, or leave it out.");
  });
});

/** Compiled, never run: each line would be a mistake. */
export function doesNotCompile(stack: ServicesStack, read: NodeFunction): void {
  const table = new ImportedTable(stack, designAnalysisTracking);
  // @ts-expect-error an index that the table does not have
  table.grantReadData(read, { query: "by-user" });
  // @ts-expect-error a write among the reads
  table.grantReadData(read, "PutItem");
  // @ts-expect-error a read among the writes
  table.grantWriteData(read, "GetItem");
  // @ts-expect-error a grant of nothing
  table.grantWriteData(read);
  // @ts-expect-error an entry elsewhere
  define(stack, { entry: "scripts/watch.ts" });
  // @ts-expect-error a route that nobody is named for
  new HttpApi(stack, { description: "Progress", routes: { "GET /analysis/requests": { to: read } } });
  // @ts-expect-error a route without a slash
  new HttpApi(stack, { description: "Progress", routes: { "GET requests": { to: read, for: "people" } } });
}
