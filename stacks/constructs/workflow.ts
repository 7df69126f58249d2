import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { workflowAlarms } from "../monitoring/service-alarms";
import { workflowLogGroup, workflowName } from "../naming";
import type { ServicesStack } from "../services-stack";
import { Alarms } from "./alarms";
import type { NodeFunction } from "./node-function";
import { writeTraces } from "./policy-document";
import { ServiceRole } from "./service-role";
import type { Statement } from "./table-statements";

export interface WorkflowProps {
  /** In Amazon States Language. */
  readonly definition: object;
  /** The functions that its tasks invoke, each once. */
  readonly invokes: readonly NodeFunction[];
  /** Which events of executions are logged; never their data, which are items. */
  readonly log?: "ERROR" | "ALL";
}

/**
 * A system's workflow (Step Functions, STANDARD: an execution's name begins it once): its state machine, a role
 * that invokes the functions and nothing else, logs that end, and traces.
 */
export class Workflow extends Construct {
  /** @throws Error when an execution could run for ever, or a function is not declared as a step. */
  constructor(stack: ServicesStack, { definition, invokes, log = "ERROR" }: WorkflowProps) {
    super(stack, "state-machine");
    const { system, environment } = stack;
    const name = workflowName(system, environment.name);
    checkTimeout(name, definition);
    checkSteps(name, invokes);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: workflowLogGroup(name),
      retentionInDays: environment.logRetentionDays,
    });
    logs.overrideLogicalId("executions");
    const role = new ServiceRole(this, stack, "executions", {
      name,
      description: `Executions of the workflow ${name}`,
      service: "states",
      sourceArn: workflowArn(stack),
      statements: [
        {
          Sid: "InvokeTheTasks",
          Effect: "Allow",
          Action: ["lambda:InvokeFunction"],
          Resource: invokes.map(({ arn }) => arn),
        },
        deliverLogs,
        writeTraces,
        readSamplingRules,
      ],
    });
    const machine = new SfnStateMachine(this, "state-machine", {
      name,
      type: "STANDARD",
      roleArn: role.arn,
      definition: JSON.stringify(definition),
      loggingConfiguration: {
        level: log,
        includeExecutionData: false,
        logDestination: `${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
      // Creation is refused while the role may not deliver logs.
      dependsOn: [role.grants],
    });
    machine.overrideLogicalId("executions");
    new Alarms(this, stack, workflowAlarms(name, machine.arn));
    stack.watched.workflowArn = machine.arn;
    new TerraformOutput(this, "arn", { value: machine.arn }).overrideLogicalId("state_machine_arn");
  }
}

/** Its ARN before there is one: the functions that it invokes start it. */
export const workflowArn = ({ system, environment, accountId }: ServicesStack): string =>
  `arn:aws:states:${environment.region}:${accountId}:stateMachine:${workflowName(system, environment.name)}`;

/** Starts the workflow. */
export const startWorkflow = (stack: ServicesStack): Statement => ({
  Sid: "StartTheWorkflow",
  Effect: "Allow",
  Action: ["states:StartExecution"],
  Resource: [workflowArn(stack)],
});

/** Looks at any execution of the workflow: executions are named by those who start them. */
export const describeExecutions = (stack: ServicesStack): Statement => ({
  Sid: "DescribeExecutions",
  Effect: "Allow",
  Action: ["states:DescribeExecution"],
  Resource: [`${workflowArn(stack).replace(":stateMachine:", ":execution:")}:*`],
});

function checkTimeout(name: string, definition: object): void {
  const seconds: unknown = "TimeoutSeconds" in definition ? definition.TimeoutSeconds : undefined;
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds > 0) return;
  throw new Error(
    `The workflow ${name}: TimeoutSeconds must be a whole number above 0; found ${String(seconds)}. ` +
      "Without it, an execution may last a year.",
  );
}

/** The alarms of a function have to know what is normal for it. */
function checkSteps(name: string, invokes: readonly NodeFunction[]): void {
  const other = invokes.find(({ runs }) => runs !== "workflow");
  if (other === undefined) return;
  throw new Error(`The workflow ${name} invokes the function "${other.id}": give it stepOfWorkflow: true.`);
}

/** None of these has resources (AWS: "Using CloudWatch Logs to log execution history in Step Functions"). */
const deliverLogs: Statement = {
  Sid: "DeliverLogs",
  Effect: "Allow",
  Action: [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  Resource: ["*"],
};

/** Step Functions decides by them what it traces; X-Ray has no resources for these either. */
const readSamplingRules: Statement = {
  Sid: "ReadSamplingRules",
  Effect: "Allow",
  Action: ["xray:GetSamplingRules", "xray:GetSamplingTargets"],
  Resource: ["*"],
};
