import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { AssetType, Lazy, TerraformAsset, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { functionAlarms, type FunctionRuns } from "../monitoring/function-alarms";
import { deadLetterQueueName, functionLogGroup, functionName } from "../naming";
import type { ServicesStack } from "../services-stack";
import { Alarms } from "./alarms";
import { bundleFunction } from "./function-bundle";
import type { Grantee } from "./imported-table";
import { policyDocument, writeTraces } from "./policy-document";
import { roleBoundary } from "./role-boundary";
import type { Statement } from "./table-statements";

export interface NodeFunctionProps {
  readonly description: string;
  /** The handler's file, from the repository's root; it exports `handler`. */
  readonly entry: `functions/${string}.ts`;
  /** Variables of the function; names of tables come from their specs. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Executions at once: what the function may take from the account, and do to the table. Reserved where the
   * environment reserves any.
   */
  readonly reservedConcurrency: number;
  /** Megabytes; Lambda gives processor time in proportion. */
  readonly memory?: number;
  /** Seconds; API Gateway waits for 30 at most. */
  readonly timeout?: number;
  /** Callers may not wait for the answer: what fails for good is kept in a dead-letter queue. */
  readonly invokedAsynchronously?: boolean;
  /** A workflow invokes it, and repeats what fails by its error: errors and refusals are normal then. */
  readonly stepOfWorkflow?: boolean;
}

/** The newest runtime that provider 5.100 accepts. */
const runtime = "nodejs22.x";
const defaults = { memory: 256, timeout: 10 };
/** SQS: the longest that a message is kept. */
const deadLetterSeconds = 14 * 86_400;
/** Lambda: how long and how often an asynchronous call is tried before it is a dead letter. */
const asynchronous = { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 2 };

/**
 * A Lambda of this repository: bundled at synthesis, with a role that holds its grants and nothing else, a log
 * group that forgets, traces, and alarms.
 */
export class NodeFunction extends Construct implements Grantee {
  readonly id: string;
  /** References to the resource, resolved at apply. */
  readonly name: string;
  readonly arn: string;
  readonly invokeArn: string;
  readonly reservedConcurrency: number;
  readonly runs: FunctionRuns;
  private readonly statements: (() => readonly Statement[])[] = [];

  /**
   * @param id names the function within its system: `write` is `trade-status-write` in production.
   * @throws Error when a limit of Lambda is passed, or the code does not build.
   */
  constructor(stack: ServicesStack, id: string, props: NodeFunctionProps) {
    super(stack, id);
    checkLimits(id, props);
    const { system, environment } = stack;
    const name = functionName(system, id, environment.name);
    this.id = id;
    this.reservedConcurrency = props.reservedConcurrency;
    this.runs = runsOf(props);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: functionLogGroup(name),
      retentionInDays: environment.logRetentionDays,
    });
    logs.overrideLogicalId(id);
    const { role, grants } = this.role(stack, name, logs);
    const code = bundleFunction(props.entry);
    const asset = new TerraformAsset(this, "code", {
      path: code.path,
      type: AssetType.FILE,
      // cdktf's own hash misses some changes and sees others that are none.
      assetHash: code.hash,
    });
    const lambda = new LambdaFunction(this, "function", {
      functionName: name,
      description: props.description,
      role: role.arn,
      runtime,
      architectures: ["arm64"],
      handler: "index.handler",
      filename: asset.path,
      sourceCodeHash: code.sourceCodeHash,
      memorySize: props.memory ?? defaults.memory,
      timeout: props.timeout ?? defaults.timeout,
      ...(environment.reservesConcurrency && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      environment: {
        variables: { POWERTOOLS_SERVICE_NAME: `${system}-${id}`, ...props.environment },
      },
      tracingConfig: { mode: "Active" },
      ...(props.invokedAsynchronously && { deadLetterConfig: { targetArn: this.deadLetters(name).arn } }),
      // Without the group nothing is logged, and without the policy Lambda refuses the dead-letter queue.
      dependsOn: [logs, grants],
    });
    lambda.overrideLogicalId(id);
    this.name = lambda.functionName;
    this.arn = lambda.arn;
    this.invokeArn = lambda.invokeArn;
    if (props.invokedAsynchronously) {
      const config = new LambdaFunctionEventInvokeConfig(this, "asynchronous", {
        functionName: lambda.functionName,
        ...asynchronous,
      });
      config.overrideLogicalId(id);
    }
    const watched = {
      id,
      name,
      timeout: props.timeout ?? defaults.timeout,
      runs: this.runs,
      ...(props.invokedAsynchronously && { deadLetters: deadLetterQueueName(name) }),
    };
    new Alarms(this, stack, functionAlarms(watched));
    stack.watched.functions.push(watched);
    new TerraformOutput(this, "name", { value: lambda.functionName }).overrideLogicalId(`${id}_name`);
  }

  addStatements(statements: () => readonly Statement[]): void {
    this.statements.push(statements);
  }

  private role(stack: ServicesStack, name: string, logs: CloudwatchLogGroup) {
    const role = new IamRole(this, "role", {
      name,
      description: `Execution role of ${name}`,
      ...roleBoundary(stack),
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: "lambda.amazonaws.com" } },
      ]),
    });
    role.overrideLogicalId(this.id);
    this.addStatements(() => [writeLogs(logs.arn), writeTraces]);
    const grants = new IamRolePolicy(this, "grants", {
      name: "grants",
      role: role.name,
      // Written when everything has been granted.
      policy: Lazy.stringValue({
        produce: () => policyDocument(this.statements.flatMap((statements) => [...statements()])),
      }),
    });
    grants.overrideLogicalId(this.id);
    return { role, grants };
  }

  private deadLetters(name: string): SqsQueue {
    const queue = new SqsQueue(this, "dead-letters", {
      name: deadLetterQueueName(name),
      messageRetentionSeconds: deadLetterSeconds,
      sqsManagedSseEnabled: true,
    });
    queue.overrideLogicalId(`${this.id}_dead_letters`);
    this.addStatements(() => [
      { Sid: "KeepDeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue.arn] },
    ]);
    return queue;
  }
}

/** One place is a schedule's: a second run would wait for the first. */
function runsOf({ reservedConcurrency, stepOfWorkflow = false }: NodeFunctionProps): FunctionRuns {
  if (stepOfWorkflow) return "workflow";
  return reservedConcurrency === 1 ? "alone" : "requests";
}

/** AWS: CreateFunction and PutFunctionConcurrency. */
const limits = {
  memory: { least: 128, most: 10_240 },
  timeout: { least: 1, most: 900 },
  reservedConcurrency: { least: 1, most: 1_000 },
} as const;

function checkLimits(id: string, props: NodeFunctionProps): void {
  const values = { ...defaults, ...props };
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    const { least, most } = limits[name];
    const value = values[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new Error(
      `Function "${id}": ${name} must be a whole number from ${least} to ${most}; found ${value}.`,
    );
  }
}

/** The `*` is the group's own log streams, which Lambda names. */
const writeLogs = (groupArn: string): Statement => ({
  Sid: "WriteLogs",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: [`${groupArn}:*`],
});
