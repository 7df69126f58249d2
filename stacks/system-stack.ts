import type { Construct } from "constructs";
import { requirementOf, type System } from "../tables/systems";
import { EnvironmentStack } from "./environment-stack";
import type { Environment } from "./environments";
import { defaultTags, stackId, type Layer, type StackId } from "./naming";
import type { Settings } from "./settings";

export interface SystemStackProps {
  readonly system: System;
  readonly layer: Layer;
  readonly environment: Environment;
  readonly settings: Settings;
}

/**
 * One layer of one system in one environment. It reads no other stack's state, so any stack can be planned,
 * applied or destroyed alone.
 */
export class SystemStack extends EnvironmentStack<StackId> {
  readonly system: System;

  constructor(scope: Construct, { system, layer, environment, settings }: SystemStackProps) {
    super(scope, {
      id: stackId(system, layer, environment.name),
      environment,
      settings,
      tags: defaultTags({ system, requirement: requirementOf[system] }, environment),
    });
    this.system = system;
  }
}
