/** What the bootstrap is told of the pipeline: whose tokens the plan and apply roles take. */

import type { EnvironmentName } from "../../tables/naming";
import { SettingError, settingPrefix, settingReader, type Variables } from "../setting-reader";

export interface Pipeline {
  /** `owner/name`; or `owner@id/name@id`, as the tokens of repositories since July 2026 have it. */
  readonly repository: string;
  /** Its plans are made with the plan role, too: drift checks, and plans that are applied later. */
  readonly branch: string;
  /** An account has one provider for GitHub's tokens: it is ours, or was there before. */
  readonly provider: "own" | "existing";
}

const defaultBranch = "main";

/**
 * Reads the settings of the pipeline.
 *
 * @returns nothing where no repository is named.
 * @throws SettingError when one is malformed, or there is one of a pipeline that is not named.
 */
export function loadPipeline(name: EnvironmentName, variables: Variables): Pipeline | undefined {
  const prefix = settingPrefix(name);
  const setting = settingReader(prefix, forms, variables);
  const [repository, branch] = [setting("PIPELINE_REPOSITORY"), setting("PIPELINE_BRANCH")];
  const provider = setting("PIPELINE_PROVIDER");
  if (repository === undefined) {
    const alone = (["PIPELINE_BRANCH", "PIPELINE_PROVIDER"] as const).find((suffix) => setting(suffix));
    if (alone === undefined) return undefined;
    throw new SettingError(`${prefix}_${alone} needs ${prefix}_PIPELINE_REPOSITORY: whose pipeline it is.`);
  }
  return {
    repository,
    branch: branch ?? defaultBranch,
    provider: provider === "existing" ? "existing" : "own",
  };
}

/** No wildcard: IAM would let every repository in that matches. */
const forms = {
  PIPELINE_REPOSITORY: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,38}(\/[\w.-]{1,100}|@\d+\/[\w.-]{1,100}@\d+)$/,
    form: "a GitHub repository, owner/name, or owner@id/name@id where its tokens have ids",
  },
  PIPELINE_BRANCH: { pattern: /^[\w][\w./-]{0,200}$/, form: "a branch's name, without wildcards" },
  PIPELINE_PROVIDER: {
    pattern: /^(own|existing)$/,
    form: "own, or existing where the account has GitHub's OIDC provider already",
  },
};
