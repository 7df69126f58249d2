import type { Construct } from "constructs";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { AccessPolicy } from "../constructs/access-policy";
import { Agent } from "../constructs/agent";
import { ImportedTable } from "../constructs/imported-table";
import { guardrailStatement, modelStatements } from "../constructs/model-statements";
import { NodeFunction } from "../constructs/node-function";
import { Schedule, ScheduleGroup } from "../constructs/schedule";
import { describeExecutions, startWorkflow, Workflow, workflowArn } from "../constructs/workflow";
import type { Environment } from "../environments";
import { ServicesStack } from "../services-stack";
import type { Settings } from "../settings";
import { brandActions } from "./agent-actions";
import { agentInstruction } from "./agent-instruction";
import { athenaStatements } from "./athena-statements";
import type { Athena } from "./settings";
import { checkTimes, times } from "./times";
import { workflowDefinition } from "./workflow-definition";

/** The sweeper's; a run ends before the next one begins. */
const everyFiveMinutes = { expression: "rate(5 minutes)", seconds: 300 };
/** Of a population that nobody has scheduled, so that it only has to be enabled. */
const onceADay = "rate(1 day)";

type Table = ImportedTable<"status-index">;

export class BrandProcessingServicesStack extends ServicesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "brand-processing", environment, settings });
    const brands: Table = new ImportedTable(this, brandProcessingStatus);
    this.workflow(brands);
    const schedules = new ScheduleGroup(this);
    this.sweeper(brands, schedules);
    const { athena } = environment.brandProcessing;
    if (athena !== undefined) this.population(brands, schedules, athena);
    this.agent(brands);
  }

  private workflow(brands: Table): void {
    const { metadataModel, guardrail } = this.environment.brandProcessing;
    const { stepTimeout, generateTimeout } = checkTimes(times);
    const steps = new NodeFunction(this, "workflow", {
      description: "Steps of a brand's workflow that change the brand",
      entry: "functions/brand-processing/workflow.ts",
      environment: { BRAND_TABLE_NAME: brands.physicalName },
      timeout: stepTimeout,
      reservedConcurrency: 20,
      stepOfWorkflow: true,
    });
    brands.grantReadData(steps, "GetItem");
    brands.grantWriteData(steps, "UpdateItem");

    const generate = new NodeFunction(this, "generate", {
      description: "Metadata of a brand, written by a model",
      entry: "functions/brand-processing/generate.ts",
      environment: {
        METADATA_MODEL_ID: metadataModel,
        ...(guardrail && { GUARDRAIL_ID: guardrail.id, GUARDRAIL_VERSION: guardrail.version }),
      },
      timeout: generateTimeout,
      // As many questions at once to the model, whose quota others share.
      reservedConcurrency: 20,
      stepOfWorkflow: true,
    });
    generate.addStatements(() => [
      ...modelStatements(this, metadataModel, "InvokeModel"),
      ...(guardrail ? [guardrailStatement(this, guardrail.id)] : []),
    ]);
    new Workflow(this, {
      definition: workflowDefinition({ steps: steps.arn, generate: generate.arn }),
      invokes: [steps, generate],
    });
  }

  /** What starts executions, and starts failed brands again. */
  private get starting() {
    return {
      STATE_MACHINE_ARN: workflowArn(this),
      MOST_RETRIES: String(this.environment.brandProcessing.mostRetries),
    };
  }

  private sweeper(brands: Table, schedules: ScheduleGroup): void {
    const sweep = new NodeFunction(this, "sweep", {
      description: "Recovers brands whose execution never began or is over",
      entry: "functions/brand-processing/sweep.ts",
      environment: {
        BRAND_TABLE_NAME: brands.physicalName,
        ...this.starting,
        STALE_AFTER_MINUTES: String(times.staleAfter),
      },
      timeout: everyFiveMinutes.seconds - 60,
      reservedConcurrency: 1,
    });
    brands.grantReadData(sweep, "GetItem", { query: "status-index" });
    brands.grantWriteData(sweep, "UpdateItem");
    sweep.addStatements(() => [startWorkflow(this), describeExecutions(this)]);
    new Schedule(schedules, {
      description: "Looks for brands that are processing in no execution",
      runs: sweep,
      expression: everyFiveMinutes.expression,
      enabled: true,
      // After that the next run is due.
      deliveredWithin: everyFiveMinutes.seconds,
    });
  }

  private population(brands: Table, schedules: ScheduleGroup, athena: Athena): void {
    const { populationSchedule } = this.environment.brandProcessing;
    const populate = new NodeFunction(this, "populate", {
      description: "Brands from Athena, the authority, into the table",
      entry: "functions/brand-processing/populate.ts",
      environment: {
        BRAND_TABLE_NAME: brands.physicalName,
        ATHENA_DATABASE: athena.database,
        ATHENA_WORKGROUP: athena.workgroup,
        ATHENA_OUTPUT_LOCATION: athena.output,
      },
      memory: 512,
      // Lambda's longest; what is left over, the next run finds.
      timeout: 900,
      reservedConcurrency: 1,
      invokedAsynchronously: true,
    });
    brands.grantReadData(populate, "BatchGetItem");
    brands.grantWriteData(populate, "PutItem", "UpdateItem");
    populate.addStatements(() => athenaStatements(this, athena));
    new Schedule(schedules, {
      description: "Populates the table of brands from Athena",
      runs: populate,
      expression: populationSchedule ?? onceADay,
      enabled: populationSchedule !== undefined,
      deliveredWithin: 3_600,
    });
  }

  private agent(brands: Table): void {
    const { agentModel, guardrail, agentKeyArn } = this.environment.brandProcessing;
    const performer = new NodeFunction(this, "agent", {
      description: "Actions of the agent for brands",
      entry: "functions/brand-processing/agent.ts",
      environment: { BRAND_TABLE_NAME: brands.physicalName, ...this.starting },
      // Begins no further start after 5 seconds (functions/shared/deadline.ts); the last has its tries.
      timeout: 30,
      reservedConcurrency: 20,
    });
    brands.grantReadData(performer, "GetItem", { query: "status-index" });
    brands.grantWriteData(performer, "UpdateItem");
    performer.addStatements(() => [startWorkflow(this)]);
    const agent = new Agent(this, {
      description: "Shows brands and starts the workflow that generates their metadata",
      instruction: agentInstruction,
      model: agentModel,
      ...(guardrail && { guardrail }),
      ...(agentKeyArn && { keyArn: agentKeyArn }),
      actions: { ...brandActions, performedBy: performer },
    });
    new AccessPolicy(this, "brand_processing_agent_access", {
      description: "Asking the agent for brands, for people and programs that sign",
      statements: agent.askStatements(),
    });
  }
}
