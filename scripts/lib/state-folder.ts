import { join, resolve } from "node:path";
import { loopbackEndpoint } from "../../stacks/local-endpoint";
import { localFolder, root } from "./paths";

/**
 * The variables with STATE_FOLDER set to where `npm run synth` and cdktf keep the states that no bucket holds
 * (stacks/settings.ts), and absolute: a relative path leads elsewhere when stacks are synthesized into another
 * folder than cdktf.out, or from another commit's tree.
 */
export function withStateFolder(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = variables["STATE_FOLDER"];
  if (named) return { ...variables, STATE_FOLDER: resolve(named) };
  const isLocal = loopbackEndpoint(variables) !== undefined;
  return {
    ...variables,
    STATE_FOLDER: join(isLocal ? localFolder : root, isLocal ? "state" : ".terraform-state"),
  };
}
