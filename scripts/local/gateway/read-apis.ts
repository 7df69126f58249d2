import { readFileSync } from "node:fs";
import { join } from "node:path";
import { localAccountId } from "../../../stacks/local-endpoint";
import { CouldNotTell, describeError } from "../../lib/errors";
import type { FunctionDefinition } from "../functions/function";
import type { Api, Authorization, Cors, Route } from "./api";
import { parseRouteKey } from "./route-key";
import { readStackDocument, type Resources } from "./stack-document";

/** A function of a stack, whether a route leads to it or not. */
export interface StackFunction {
  readonly stack: string;
  readonly definition: FunctionDefinition;
}

/**
 * All functions of synthesized stacks.
 *
 * @throws CouldNotTell as readApis does.
 */
export const readFunctions = (outdir: string, stackIds: readonly string[]): readonly StackFunction[] =>
  stackIds.flatMap((stack) =>
    new StackReader(join(outdir, "stacks", stack), stack)
      .allFunctions()
      .map((definition) => ({ stack, definition })),
  );

/**
 * The HTTP APIs of synthesized stacks, with the functions behind their routes: what Terraform gets is what
 * the local gateway serves.
 *
 * @param outdir cdktf's output folder.
 * @throws CouldNotTell that names the stack and the resource when one cannot be served here.
 */
export function readApis(outdir: string, stackIds: readonly string[]): readonly Api[] {
  const apis = stackIds.flatMap((stack) => new StackReader(join(outdir, "stacks", stack), stack).apis());
  refuseAmbiguity(apis.flatMap(({ routes }) => routes));
  return apis;
}

class StackReader {
  private readonly resources: Resources;
  private readonly functions = new Map<string, FunctionDefinition>();

  constructor(
    private readonly folder: string,
    private readonly stack: string,
  ) {
    this.resources = readStackDocument(folder, stack).resource;
  }

  apis(): readonly Api[] {
    const routes = Object.entries(this.resources.aws_apigatewayv2_route).map(([id, block]) => {
      const what = `route ${id} (${block.route_key})`;
      return {
        api: this.follow(what, "aws_apigatewayv2_api", block.api_id).id,
        route: this.route(what, block),
      };
    });
    return Object.entries(this.resources.aws_apigatewayv2_api).map(([id, api]) => ({
      stack: this.stack,
      name: api.name,
      routes: routes.filter((one) => one.api === id).map(({ route }) => route),
      ...(api.cors_configuration && { cors: corsOf(api.cors_configuration) }),
    }));
  }

  allFunctions(): readonly FunctionDefinition[] {
    return Object.entries(this.resources.aws_lambda_function).map(([id, block]) =>
      this.readFunction(id, block),
    );
  }

  private route(what: string, block: Resources["aws_apigatewayv2_route"][string]): Route {
    if (parseRouteKey(block.route_key) === undefined) {
      throw this.refusal(what, `is no route; write "GET /status/{sessionId}", or "$default"`);
    }
    const target = block.target.replace(/^integrations\//, "");
    const { block: integration } = this.follow(what, "aws_apigatewayv2_integration", target);
    const called = this.follow(what, "aws_lambda_function", integration.integration_uri);
    return {
      stack: this.stack,
      key: block.route_key,
      authorization: this.authorization(what, block.authorization_type, block.authorizer_id),
      function: this.functions.get(called.id) ?? this.readFunction(called.id, called.block),
    };
  }

  private authorization(what: string, type: string, authorizerId = ""): Authorization {
    if (type === "AWS_IAM") return { type };
    if (type !== "JWT") throw this.refusal(what, `has authorization ${type}; it must be AWS_IAM or JWT`);
    const { id, block } = this.follow(what, "aws_apigatewayv2_authorizer", authorizerId);
    if (block.authorizer_type !== "JWT" || block.jwt_configuration === undefined) {
      throw this.refusal(what, `has authorizer ${id}, which is no JWT authorizer`);
    }
    return { type, ...block.jwt_configuration };
  }

  private readFunction(id: string, block: Resources["aws_lambda_function"][string]): FunctionDefinition {
    const variables = Object.fromEntries(
      Object.entries(block.environment.variables).map(([name, value]) => [name, withLocalAccount(value)]),
    );
    const reference = Object.entries(variables).find(([, value]) => value.includes("${"));
    if (reference !== undefined) {
      throw this.refusal(`function ${id}`, `has a variable ${reference[0]} that only Terraform knows`);
    }
    const definition: FunctionDefinition = {
      name: block.function_name,
      zip: this.readZip(id, block.filename),
      handler: block.handler,
      environment: variables,
      timeoutSeconds: block.timeout,
      memoryMegabytes: block.memory_size,
    };
    this.functions.set(id, definition);
    return definition;
  }

  private readZip(id: string, filename: string): Uint8Array {
    try {
      return readFileSync(join(this.folder, filename));
    } catch (error) {
      throw this.refusal(`function ${id}`, `has no bundle (${describeError(error)}); synthesize again`);
    }
  }

  /** The resource that `${<type>.<id>.<attribute>}` names. */
  private follow<T extends keyof Resources>(
    what: string,
    type: T,
    reference: string,
  ): { readonly id: string; readonly block: Resources[T][string] } {
    const id = new RegExp(`^\\$\\{${type}\\.([\\w-]+)\\.\\w+\\}$`).exec(reference)?.[1];
    const blocks = this.resources[type] as Readonly<Record<string, Resources[T][string] | undefined>>;
    const block = id === undefined ? undefined : blocks[id];
    if (id === undefined || block === undefined) {
      throw this.refusal(what, `refers to "${reference}", which is no ${type} of this stack`);
    }
    return { id, block };
  }

  private refusal(what: string, defect: string): CouldNotTell {
    return new CouldNotTell(`${this.stack}: ${what} ${defect}. Correct it, or synthesize without the stack.`);
  }
}

/** Terraform asks who it is; here that is known. */
const withLocalAccount = (value: string): string =>
  value.replaceAll(/\$\{data\.aws_caller_identity\.[\w-]+\.account_id\}/g, localAccountId);

const corsOf = (
  block: NonNullable<Resources["aws_apigatewayv2_api"][string]["cors_configuration"]>,
): Cors => ({
  allowOrigins: block.allow_origins,
  allowMethods: block.allow_methods,
  allowHeaders: block.allow_headers,
  exposeHeaders: block.expose_headers,
  allowCredentials: block.allow_credentials,
  ...(block.max_age !== undefined && { maxAge: block.max_age }),
});

/** One port serves all stacks, so no two routes may take the same requests, nor two functions share a name. */
function refuseAmbiguity(routes: readonly Route[]): void {
  const seen = new Map<string, Route>();
  for (const route of routes) {
    // Parameters of other names match the same paths.
    const shape = route.key.replaceAll(/\{[^}+]*(\+?)\}/g, "{$1}");
    const other = seen.get(shape);
    if (other !== undefined) {
      throw new CouldNotTell(
        `"${other.key}" of ${other.stack} and "${route.key}" of ${route.stack} take the same requests. ` +
          `Change the path of one: the local gateway serves all stacks on one port.`,
      );
    }
    seen.set(shape, route);
  }
  for (const route of routes) {
    const other = routes.find(
      (one) => one.function.name === route.function.name && one.function !== route.function,
    );
    if (other !== undefined) {
      throw new CouldNotTell(
        `${other.stack} and ${route.stack} both have a function ${route.function.name}. Rename one.`,
      );
    }
  }
}
