import { Annotations, App, type AppConfig } from "cdktf";
import { AgentMatchingServicesStack } from "./agent-matching/services-stack";
import { AgentMatchingTablesStack } from "./agent-matching/tables-stack";
import { AuditStack } from "./audit-stack";
import { BrandProcessingServicesStack } from "./brand-processing/services-stack";
import { BrandProcessingTablesStack } from "./brand-processing/tables-stack";
import { ConversationsServicesStack } from "./conversations/services-stack";
import { ConversationsTablesStack } from "./conversations/tables-stack";
import { DesignAnalysisServicesStack } from "./design-analysis/services-stack";
import { DesignAnalysisTablesStack } from "./design-analysis/tables-stack";
import type { EnvironmentName } from "../tables/naming";
import { auditedSystems } from "./naming";
import type { Settings } from "./settings";
import { TradeStatusServicesStack } from "./trade-status/services-stack";
import { TradeStatusTablesStack } from "./trade-status/tables-stack";

const stackClasses = [
  BrandProcessingTablesStack,
  ConversationsTablesStack,
  AgentMatchingTablesStack,
  TradeStatusTablesStack,
  DesignAnalysisTablesStack,
  ConversationsServicesStack,
  TradeStatusServicesStack,
  DesignAnalysisServicesStack,
  AgentMatchingServicesStack,
  BrandProcessingServicesStack,
];

const wayOut =
  "Tables of staging and prod are protected: `cdktf destroy` of their stack is refused. To destroy one: " +
  "(1) RELEASE_PROTECTION=<table> cdktf deploy <stack>, (2) RELEASE_PROTECTION=<table> cdktf destroy <stack>. " +
  "See docs/runbooks/destroy-tables.md.";

/**
 * The app: every stack of every system in every environment.
 *
 * @param only the environment whose stacks are built: a command that is of one needs no others. All by default.
 */
export function buildApp(settings: Settings, config: AppConfig = {}, only?: EnvironmentName): App {
  const app = new App(config);
  const { environments } = settings;
  const stacks = (only === undefined ? Object.values(environments) : [environments[only]]).flatMap(
    (environment) => [
      ...stackClasses.map((Stack) => new Stack(app, environment, settings)),
      ...auditedSystems.map((system) => new AuditStack(app, { system, environment, settings })),
    ],
  );
  // Terraform's own refusal names no way out, and cdktf prints annotations before it runs Terraform.
  const firstProtected = stacks.find(({ environment }) => environment.protected);
  if (firstProtected !== undefined) Annotations.of(firstProtected).addInfo(wayOut);
  return app;
}
