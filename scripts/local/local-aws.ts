import { rmSync } from "node:fs";
import { join } from "node:path";
import { localCredentials } from "../../stacks/local-endpoint";
import { prepareTerraform, type Terraform } from "../lib/terraform";
import { makeOwnFolder } from "./abandoned-folders";
import { findMoto, startMoto } from "./moto";
import { playServices } from "./played-services";
import { addressOf, listen } from "./ports";
import { createProxy } from "./proxy";

export interface LocalAws {
  readonly endpoint: string;
  /** Holds state, synthesized stacks and Terraform's configuration; removed when it stops. */
  readonly folder: string;
  readonly terraform: Terraform;
  /** Variables that make aws, terraform and cdktf talk to it; undefined ones have to be unset. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  /** 0 for a free one. */
  readonly port?: number;
  /** Where moto's and the functions' logs are kept after it has stopped; by default they go with the folder. */
  readonly logs?: string;
  readonly signal?: AbortSignal;
  readonly variables?: NodeJS.ProcessEnv;
}

const region = "us-east-1";

/**
 * Starts the local AWS: moto, and the proxy in front of it, on loopback. Everything in it is in memory, so
 * the state files of what was applied to it live and die with it.
 *
 * @throws CouldNotTell when a tool is missing or the port is taken; nothing is left running then.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { port = 0, logs, signal } = options;
  const given = options.variables ?? process.env;
  const variables = { ...given, ...misleading(given) };
  const folder = makeOwnFolder("aws");
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const terraform = await prepareTerraform(folder, variables, signal);
    const moto = await startMoto(await findMoto(variables, signal), join(logs ?? folder, "moto.log"), signal);
    const services = playServices({
      region,
      folder: join(folder, "functions"),
      log: join(logs ?? folder, "functions.log"),
      endpoint: () => addressOf(proxy),
    });
    const proxy = createProxy(moto.url, services.repairs);
    const stop = async () => {
      proxy.closeAllConnections();
      proxy.close();
      await services.stop();
      await moto.stop();
      removeFolder();
    };
    try {
      await listen(proxy, port);
      const endpoint = addressOf(proxy);
      return {
        endpoint,
        folder,
        terraform,
        variables: { ...misleading(given), ...exports(endpoint, folder, terraform) },
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Variables that would send a call elsewhere than to the endpoint, or Terraform astray: to be unset. */
const misleading = (variables: NodeJS.ProcessEnv): Readonly<Record<string, undefined>> =>
  Object.fromEntries(
    Object.keys(variables)
      .filter((name) =>
        /^(AWS_ENDPOINT_URL_|AWS_IGNORE_CONFIGURED|AWS_USE_(FIPS|DUALSTACK)_ENDPOINT|TF_WORKSPACE$|TF_DATA_DIR$|TF_CLI_ARGS)/.test(
          name,
        ),
      )
      .map((name) => [name, undefined]),
  );

const exports = (endpoint: string, folder: string, terraform: Terraform) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: localCredentials.accessKey,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  STATE_FOLDER: join(folder, "state"),
  // Not in cdktf.out, where each stack's .terraform belongs to the real backend.
  CDKTF_OUTPUT: join(folder, "cdktf.out"),
  // cdktf would ask the registry for the checksums of every platform.
  CDKTF_SKIP_PROVIDER_LOCK: "true",
  ...terraform.environment,
});
