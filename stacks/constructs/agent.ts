import { createHash } from "node:crypto";
import { BedrockagentAgent } from "@cdktf/provider-aws/lib/bedrockagent-agent";
import { BedrockagentAgentActionGroup } from "@cdktf/provider-aws/lib/bedrockagent-agent-action-group";
import { BedrockagentAgentAlias } from "@cdktf/provider-aws/lib/bedrockagent-agent-alias";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { agentAliasName, agentName, agentRoleName } from "../naming";
import type { ServicesStack } from "../services-stack";
import { checkAgent } from "./agent-limits";
import { guardrailStatement, modelLookupStatements, modelStatements } from "./model-statements";
import type { NodeFunction } from "./node-function";
import { ServiceRole } from "./service-role";
import type { Statement } from "./table-statements";

/** A function that the agent may call; the Lambda that performs it has a tool of the same name. */
export interface AgentAction {
  readonly name: string;
  /** Tells the model what it does and when to use it. */
  readonly description: string;
  readonly parameters: Readonly<Record<string, ActionParameter>>;
}

export interface ActionParameter {
  readonly type: "string" | "integer" | "number" | "boolean" | "array";
  readonly description: string;
  readonly required: boolean;
}

export interface AgentProps {
  readonly description: string;
  readonly instruction: string;
  /** Bedrock's id of a model, or of an inference profile. */
  readonly model: string;
  readonly guardrail?: { readonly id: string; readonly version: string };
  /** Customer's key; AWS's own without it. */
  readonly keyArn?: string;
  readonly actions: ActionGroupProps;
}

export interface ActionGroupProps {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly AgentAction[];
  readonly performedBy: NodeFunction;
}

/** Seconds in which a conversation may go on; Bedrock keeps it that long. */
const idleSession = 600;

/**
 * An agent of Bedrock with one group of actions, its role, and the alias that callers name. The alias stays the
 * same and moves to a new version whenever anything changes that a version holds (docs/adr/0010-agent-alias.md).
 */
export class Agent extends Construct {
  private readonly agent: BedrockagentAgent;
  private readonly alias: BedrockagentAgentAlias;

  /** @throws Error when a limit of Bedrock's agents is passed. */
  constructor(
    private readonly stack: ServicesStack,
    private readonly props: AgentProps,
  ) {
    super(stack, "bedrock-agent");
    checkAgent(props);
    const { system, environment } = stack;
    const role = new ServiceRole(this, stack, "bedrock_agent", {
      name: agentRoleName(system, environment.name),
      description: `What the agent ${agentName(system, environment.name)} may do itself`,
      service: "bedrock",
      sourceArn: anyAgent(stack),
      statements: agentStatements(stack, props),
    });
    this.agent = new BedrockagentAgent(this, "agent", {
      agentName: agentName(system, environment.name),
      agentResourceRoleArn: role.arn,
      description: props.description,
      instruction: props.instruction,
      foundationModel: props.model,
      idleSessionTtlInSeconds: idleSession,
      ...(props.guardrail && {
        guardrailConfiguration: [
          { guardrailIdentifier: props.guardrail.id, guardrailVersion: props.guardrail.version },
        ],
      }),
      ...(props.keyArn && { customerEncryptionKeyArn: props.keyArn }),
      prepareAgent: true,
      // Not deleted while an alias that others made still leads to it.
      skipResourceInUseCheck: false,
      dependsOn: [role.grants],
    });
    this.agent.overrideLogicalId("agent");
    const group = this.actionGroup(props.actions);
    this.alias = new BedrockagentAgentAlias(this, "alias", {
      agentId: this.agent.agentId,
      agentAliasName: agentAliasName(environment.name),
      // A changed description makes AWS take a new version, which has to hold the actions too.
      description: `Version ${contentHash(props)}`,
      dependsOn: [group],
    });
    this.alias.overrideLogicalId("agent");
    new TerraformOutput(this, "id", { value: this.agent.agentId }).overrideLogicalId("agent_id");
    new TerraformOutput(this, "alias-id", { value: this.alias.agentAliasId }).overrideLogicalId(
      "agent_alias_id",
    );
  }

  /** Lets a principal ask the agent, by its alias alone. */
  askStatements(): readonly Statement[] {
    return [
      {
        Sid: "AskTheAgent",
        Effect: "Allow",
        Action: ["bedrock:InvokeAgent"],
        Resource: [this.alias.agentAliasArn],
      },
      ...keyStatements(this.props.keyArn, { StringEquals: { [keyContext]: this.agent.agentArn } }),
    ];
  }

  private actionGroup({ name, description, actions, performedBy }: ActionGroupProps) {
    const permission = new LambdaPermission(this, "permission", {
      functionName: performedBy.name,
      action: "lambda:InvokeFunction",
      principal: "bedrock.amazonaws.com",
      sourceArn: this.agent.agentArn,
      sourceAccount: this.stack.accountId,
    });
    permission.overrideLogicalId("agent");
    const group = new BedrockagentAgentActionGroup(this, "actions", {
      agentId: this.agent.agentId,
      agentVersion: "DRAFT",
      actionGroupName: name,
      description,
      actionGroupExecutor: [{ lambda: performedBy.arn }],
      functionSchema: [{ memberFunctions: [{ functions: actions.map(functionOf) }] }],
      prepareAgent: true,
      // Only the draft has it; versions, which the alias leads to, keep copies.
      skipResourceInUseCheck: true,
      dependsOn: [permission],
    });
    group.overrideLogicalId("agent");
    return group;
  }
}

const functionOf = ({ name, description, parameters }: AgentAction) => ({
  name,
  description,
  parameters: Object.entries(parameters).map(([mapBlockKey, parameter]) => ({ mapBlockKey, ...parameter })),
});

/** Its id is known only once it is there, and it is made with the role (AWS's own examples end so, too). */
const anyAgent = ({ environment, accountId }: ServicesStack): string =>
  `arn:aws:bedrock:${environment.region}:${accountId}:agent/*`;

/** AWS: "Encryption of agent resources with customer managed keys". */
const keyContext = "kms:EncryptionContext:aws:bedrock:arn";

const agentStatements = (stack: ServicesStack, { model, guardrail, keyArn }: AgentProps) => [
  // The second is for callers that want the answer as it is written.
  ...modelStatements(stack, model, "InvokeModel", "InvokeModelWithResponseStream"),
  ...modelLookupStatements(model),
  ...(guardrail ? [guardrailStatement(stack, guardrail.id)] : []),
  ...keyStatements(keyArn, { ArnLike: { [keyContext]: anyAgent(stack) } }),
];

const keyStatements = (
  keyArn: string | undefined,
  condition: NonNullable<Statement["Condition"]>,
): readonly Statement[] =>
  keyArn === undefined
    ? []
    : [
        {
          Sid: "UseTheAgentsKey",
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: [keyArn],
          Condition: condition,
        },
      ];

/** Follows from everything that a version holds and that can change; the performing Lambda keeps its ARN. */
function contentHash({ actions: { performedBy, ...actions }, ...agent }: AgentProps): string {
  const content = JSON.stringify({ ...agent, idleSession, actions, performedBy: performedBy.id });
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
