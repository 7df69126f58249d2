import { join } from "node:path";
import { loopbackEndpoint } from "../../stacks/local-endpoint";
import { localFolder, root } from "./paths";

/**
 * The variables with STATE_FOLDER set to where `npm run synth` and cdktf keep the states that no bucket holds
 * (stacks/settings.ts): from there a relative path leads elsewhere when stacks are synthesized into another
 * folder than cdktf.out.
 */
export function withStateFolder(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (variables["STATE_FOLDER"]) return variables;
  const isLocal = loopbackEndpoint(variables) !== undefined;
  return {
    ...variables,
    STATE_FOLDER: join(isLocal ? localFolder : root, isLocal ? "state" : ".terraform-state"),
  };
}
