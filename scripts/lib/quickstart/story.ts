import type { Environment } from "../../../stacks/environments";
import type { System } from "../../../tables/systems";
import type { Gateway } from "../../local/gateway/start-gateway";

/** Where stories are played: everything is applied, and empty. */
export interface Stage {
  readonly gateway: Gateway;
  readonly environment: Environment;
  /** With the exports of the local AWS. */
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** What people do with a system, from its beginning to its end. */
export interface Story {
  readonly system: System;
  /** @throws Error that says what was not as expected. */
  play(stage: Stage): Promise<PlayedStory>;
}

export interface PlayedStory {
  readonly system: System;
  /** What people have to do with. */
  readonly through: "API" | "agent";
  /** What was done, in a few words. */
  readonly told: string;
}
