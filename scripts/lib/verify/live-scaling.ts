import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ApplicationAutoScalingClient,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { scalableId, scalingNamespace } from "../../../stacks/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { allPages, reading, Unread, type Reading } from "./reading";

/** What Application Auto Scaling does with a table and its indexes. */
export interface LiveScaling {
  readonly targets: Reading<readonly ScalableTarget[]>;
  readonly policies: Reading<readonly ScalingPolicy[]>;
  readonly scheduled: Reading<readonly ScheduledAction[]>;
}

const ServiceNamespace = scalingNamespace;

/** A page holds 50 targets (AWS: DescribeScalableTargets), and each id has up to two, one a direction. */
const idsInOneCall = 25;

/** What of a table may be scaled: itself, its declared indexes, and those that nobody declared. */
export function scalableIds(
  spec: TableSpec,
  table: string,
  { GlobalSecondaryIndexes: present = [] }: Pick<TableDescription, "GlobalSecondaryIndexes">,
): readonly string[] {
  const indexes = [...Object.keys(spec.indexes), ...present.map(({ IndexName = "" }) => IndexName)];
  return [scalableId(table), ...[...new Set(indexes)].map((index) => scalableId(table, index))];
}

/** The targets of many tables at once. */
export async function readTargets(
  client: ApplicationAutoScalingClient,
  ids: readonly string[],
): Promise<Reading<readonly ScalableTarget[]>> {
  const groups = Array.from({ length: Math.ceil(ids.length / idsInOneCall) }, (_, group) =>
    ids.slice(group * idsInOneCall, (group + 1) * idsInOneCall),
  );
  const all: ScalableTarget[] = [];
  for (const ResourceIds of groups) {
    const found = await reading(
      allPages(async (NextToken) => {
        const command = new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds, NextToken });
        const page = await client.send(command);
        return { items: page.ScalableTargets, next: page.NextToken };
      }),
    );
    if (found instanceof Unread) return found;
    all.push(...found);
  }
  return all;
}

/**
 * The scaling of one table, from targets that may be others', too. Policies and scheduled actions live no longer than
 * their target (AWS: DeregisterScalableTarget), so that of ids without one nothing is asked.
 *
 * @param ids of the table.
 * @param declared those that the spec scales: they are asked about also where the targets could not be read.
 */
export async function readScaling(
  client: ApplicationAutoScalingClient,
  targets: Reading<readonly ScalableTarget[]>,
  { ids, declared }: { readonly ids: readonly string[]; readonly declared: readonly string[] },
): Promise<LiveScaling> {
  const own =
    targets instanceof Unread ? targets : targets.filter(({ ResourceId = "" }) => ids.includes(ResourceId));
  const live = own instanceof Unread ? [] : own.map(({ ResourceId = "" }) => ResourceId);
  const asked = [...new Set([...declared, ...live])];
  const [policies, scheduled] = await Promise.all([
    reading(ofEach(asked, (ResourceId) => readPolicies(client, ResourceId))),
    reading(ofEach(asked, (ResourceId) => readScheduled(client, ResourceId))),
  ]);
  return { targets: own, policies, scheduled };
}

/** @throws what the first of them throws. */
async function ofEach<T extends { readonly ResourceId?: string | undefined }>(
  ids: readonly string[],
  ask: (id: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const answers = await Promise.all(
    // moto answers for a table's indexes, too.
    ids.map(async (id) => (await ask(id)).filter(({ ResourceId }) => ResourceId === id)),
  );
  return answers.flat();
}

const readPolicies = (client: ApplicationAutoScalingClient, ResourceId: string) =>
  allPages<ScalingPolicy>(async (NextToken) => {
    const command = new DescribeScalingPoliciesCommand({ ServiceNamespace, ResourceId, NextToken });
    const page = await client.send(command);
    return { items: page.ScalingPolicies, next: page.NextToken };
  });

const readScheduled = (client: ApplicationAutoScalingClient, ResourceId: string) =>
  allPages<ScheduledAction>(async (NextToken) => {
    const command = new DescribeScheduledActionsCommand({ ServiceNamespace, ResourceId, NextToken });
    const page = await client.send(command);
    return { items: page.ScheduledActions, next: page.NextToken };
  });
