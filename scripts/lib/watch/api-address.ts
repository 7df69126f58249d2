/** Where the status API of a system is. */

import { GetApisCommand, type ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import type { Environment, Variables } from "../../../stacks/environments";
import { isLoopback, loopbackEndpoint } from "../../../stacks/local-endpoint";
import { apiName } from "../../../stacks/naming";
import { CouldNotTell, describeError } from "../errors";
import type { WatchedSystem } from "./adapters";

export interface AddressOptions {
  readonly system: WatchedSystem;
  readonly environment: Environment;
  readonly url: string | undefined;
  readonly variables: Variables;
  /** Of the environment's account and region. */
  readonly apis: ApiGatewayV2Client;
  readonly signal: AbortSignal;
}

/** Where `npm run local` serves the APIs, and where document 004 has its own. */
const localUrl = "http://127.0.0.1:8000";

/**
 * The URL of the API, with a slash at its end: what was given, or what carries the API's name.
 *
 * @throws CouldNotTell when there is none, or when it may not be called.
 */
export async function findApi(options: AddressOptions): Promise<URL> {
  const { environment, url, variables } = options;
  if (url !== undefined) return checkedUrl(url, "--url", environment);
  if (environment.name === "local") {
    return variables["API_URL"]
      ? checkedUrl(variables["API_URL"], "API_URL", environment)
      : checkedUrl(localUrl, "The default", environment);
  }
  if (loopbackEndpoint(variables) !== undefined) {
    throw new CouldNotTell(
      `AWS_ENDPOINT_URL points at this machine, where no API of ${environment.name} is known. ` +
        "Give --url, or unset AWS_ENDPOINT_URL.",
    );
  }
  const name = apiName(options.system, environment.name);
  return checkedUrl(await lookUp(name, options), `The API "${name}"`, environment);
}

function checkedUrl(text: string, source: string, environment: Environment): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CouldNotTell(`${source} must be the URL of an API, such as ${localUrl}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new CouldNotTell(
      `${source} must hold no credentials, query or fragment. A token belongs in the variable API_TOKEN.`,
    );
  }
  if (!isLoopback(url.href) && environment.name === "local") {
    throw new CouldNotTell(
      `${source} must point at this machine in the environment local: ${localUrl}, say.`,
    );
  }
  if (!isLoopback(url.href) && url.protocol === "http:") {
    throw new CouldNotTell(
      `${source} must begin with https: only this machine is called without encryption.`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

async function lookUp(name: string, { environment, apis, signal }: AddressOptions): Promise<string> {
  const region = await apis.config.region();
  let found: readonly string[];
  try {
    found = await endpointsOf(name, apis, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new CouldNotTell(
      `The API "${name}" could not be looked up in ${region}: ${describeError(error)}. ` +
        "Check credentials, region and the right to GET /apis of API Gateway, or give --url.",
    );
  }
  const [only, ...more] = found;
  if (only === undefined) {
    throw new CouldNotTell(
      `There is no API "${name}" in ${region}. Deploy the services of ${environment.name}, ` +
        "check --region and --profile, or give --url.",
    );
  }
  if (more.length > 0) {
    throw new CouldNotTell(
      `There are ${found.length} APIs "${name}" in ${region}: ${found.join(", ")}. Name one with --url.`,
    );
  }
  return only;
}

async function endpointsOf(
  name: string,
  apis: ApiGatewayV2Client,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let next: string | undefined;
  do {
    const page = await apis.send(new GetApisCommand({ NextToken: next }), { abortSignal: signal });
    for (const { Name, ApiEndpoint } of page.Items ?? []) {
      if (Name === name && ApiEndpoint !== undefined) found.push(ApiEndpoint);
    }
    next = page.NextToken;
  } while (next);
  return found;
}
