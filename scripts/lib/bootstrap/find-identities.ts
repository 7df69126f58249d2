import {
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  type IAMClient,
  type Tag,
} from "@aws-sdk/client-iam";
import { tokenIssuer } from "../../../stacks/bootstrap/pipeline-roles";
import type { Environment } from "../../../stacks/environments";
import { bootstrapId, pipelineRoleName } from "../../../stacks/naming";
import { orAbort } from "../errors";
import { Refused } from "../refused";
import { answered } from "./answered";
import type { Resources } from "./synthesize";

export interface IdentityQuestion {
  readonly iam: IAMClient;
  readonly environment: Environment;
  readonly accountId: string;
  readonly resources: Resources;
  /** Addresses that need no look: Terraform has them. */
  readonly inState: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * The bucket whose states the pipeline's roles use, as their policy says.
 *
 * @returns nothing where there is no such policy.
 */
export async function findUsedBucket({
  iam,
  environment,
  accountId,
  signal,
}: Omit<IdentityQuestion, "resources" | "inState">): Promise<string | undefined> {
  const PolicyArn = `arn:aws:iam::${accountId}:policy/${pipelineRoleName("plan", environment.name)}-state`;
  const found = await answered(iam.send(new GetPolicyCommand({ PolicyArn })), signal, [404]);
  if (found === 404) return undefined;
  const VersionId = found.Policy?.DefaultVersionId;
  const { PolicyVersion } = await orAbort(
    iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId })),
    signal,
  );
  return /arn:aws:s3:::([^/"]+)/.exec(decodeURIComponent(PolicyVersion?.Document ?? ""))?.[1];
}

interface Candidate {
  readonly address: string;
  /** What Terraform imports it by. */
  readonly id: string;
  readonly find: () => Promise<readonly Tag[] | undefined>;
  /** What to do when it is another's. */
  readonly wayOut: string;
}

/**
 * Roles, policies and the provider that are there without being in the state: an earlier run that was killed has
 * made them, or someone else.
 *
 * @returns what to import, by address.
 * @throws Refused for someone else's.
 */
export async function findIdentities(question: IdentityQuestion): Promise<ReadonlyMap<string, string>> {
  const own = bootstrapId(question.environment.name);
  const unknown = candidates(question).filter(({ address }) => !question.inState.has(address));
  const looked = unknown.map(async (candidate) => ({ candidate, tags: await candidate.find() }));
  const found = await orAbort(Promise.all(looked), question.signal);
  const there = found.flatMap(({ candidate, tags }) => (tags === undefined ? [] : [{ candidate, tags }]));
  for (const { candidate, tags } of there) {
    const stack = tags.find(({ Key }) => Key === "Stack")?.Value;
    if (stack === own) continue;
    throw new Refused(
      `${candidate.id} is there already, and ${stack === undefined ? "not of this command" : `of ${stack}`}. ` +
        `${candidate.wayOut} Nothing was changed.`,
    );
  }
  return new Map(there.map(({ candidate: { address, id } }) => [address, id]));
}

function candidates({ iam, environment, accountId, resources }: IdentityQuestion): readonly Candidate[] {
  const ofType = (type: string) => Object.entries(resources[type] ?? {});
  const arn = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  const setting = `${environment.name.toUpperCase()}_PIPELINE_PROVIDER`;
  const rename =
    "Delete or rename it, or tag it Stack = " + `${bootstrapId(environment.name)} to hand it over.`;
  return [
    ...ofType("aws_iam_role").map(([id, { name }]) => ({
      address: `aws_iam_role.${id}`,
      id: String(name),
      wayOut: rename,
      find: async () => {
        const role = await answered(
          iam.send(new GetRoleCommand({ RoleName: String(name) })),
          undefined,
          [404],
        );
        return role === 404 ? undefined : (role.Role?.Tags ?? []);
      },
    })),
    ...ofType("aws_iam_policy").map(([id, { name }]) => {
      const PolicyArn = arn(`policy/${String(name)}`);
      return {
        address: `aws_iam_policy.${id}`,
        id: PolicyArn,
        wayOut: rename,
        find: async () => {
          const policy = await answered(iam.send(new GetPolicyCommand({ PolicyArn })), undefined, [404]);
          return policy === 404 ? undefined : (policy.Policy?.Tags ?? []);
        },
      };
    }),
    ...ofType("aws_iam_openid_connect_provider").map(([id]) => {
      const OpenIDConnectProviderArn = arn(`oidc-provider/${tokenIssuer}`);
      return {
        address: `aws_iam_openid_connect_provider.${id}`,
        id: OpenIDConnectProviderArn,
        wayOut: `An account has one of them: set ${setting}=existing to use it.`,
        find: async () => {
          const request = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
          const provider = await answered(iam.send(request), undefined, [404]);
          return provider === 404 ? undefined : (provider.Tags ?? []);
        },
      };
    }),
  ];
}
