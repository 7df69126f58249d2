/** IAM statements for models of Bedrock and for guardrails. */

import type { ServicesStack } from "../services-stack";
import type { Statement } from "./table-statements";

export type ModelAction = "InvokeModel" | "InvokeModelWithResponseStream" | "GetInferenceProfile";

/** `us.anthropic.claude…` is a profile that routes to the model `anthropic.claude…` in several regions. */
const profile = /^(?:apac|global|[a-z]{2})\.(?<model>.+)$/;

const routedModel = (id: string): string | undefined => profile.exec(id)?.groups?.["model"];

/**
 * Lets a role call a model: in the region itself, or through an inference profile.
 *
 * @param id of a foundation model or of a cross-region inference profile.
 */
export function modelStatements(
  { environment: { region }, accountId }: ServicesStack,
  id: string,
  ...actions: readonly Exclude<ModelAction, "GetInferenceProfile">[]
): readonly Statement[] {
  const bedrock = actions.map((action) => `bedrock:${action}` as const);
  const routed = routedModel(id);
  if (routed === undefined) {
    return [
      {
        Sid: "InvokeTheModel",
        Effect: "Allow",
        Action: bedrock,
        Resource: [`arn:aws:bedrock:${region}::foundation-model/${id}`],
      },
    ];
  }
  const profileArn = `arn:aws:bedrock:${region}:${accountId}:inference-profile/${id}`;
  return [
    {
      Sid: "InvokeTheProfile",
      Effect: "Allow",
      Action: [...bedrock, "bedrock:GetInferenceProfile"],
      Resource: [profileArn],
    },
    {
      Sid: "InvokeTheModelThroughIt",
      Effect: "Allow",
      Action: bedrock,
      // AWS chooses the region, and adds regions to profiles; a global one's requests name none. The condition
      // leaves what comes through the profile (AWS: "Prerequisites for inference profiles").
      Resource: [`arn:aws:bedrock:*::foundation-model/${routed}`],
      Condition: { StringEquals: { "bedrock:InferenceProfileArn": profileArn } },
    },
  ];
}

/**
 * What an agent of a profile needs beside that: the policy that Bedrock's console makes for its role has the call,
 * beside those that invoke.
 */
export function modelLookupStatements(id: string): readonly Statement[] {
  const routed = routedModel(id);
  if (routed === undefined) return [];
  return [
    {
      Sid: "LookUpTheModel",
      Effect: "Allow",
      Action: ["bedrock:GetFoundationModel"],
      // AWS chooses the profile's regions and adds to them. It reads what a model can do, and no data; it does not
      // come through the profile, so that a condition on that would never hold.
      Resource: [`arn:aws:bedrock:*::foundation-model/${routed}`],
    },
  ];
}

export const guardrailStatement = (
  { environment: { region }, accountId }: ServicesStack,
  id: string,
): Statement => ({
  Sid: "ApplyTheGuardrail",
  Effect: "Allow",
  Action: ["bedrock:ApplyGuardrail"],
  Resource: [`arn:aws:bedrock:${region}:${accountId}:guardrail/${id}`],
});
