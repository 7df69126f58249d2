/** An audit trail taken away, where nothing is protected. */

import { CloudTrailClient, StopLoggingCommand } from "@aws-sdk/client-cloudtrail";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { awsConfiguration } from "../aws";
import { CouldNotTell } from "../errors";
import type { PlannedStack } from "../plan/planned-stack";
import { Refused } from "../refused";
import type { RollbackContext, Result } from "./context";
import { keysOf, requireDestructionOf } from "./plan-checks";
import { describePlan, requirePermission, StackWork } from "./planning";
import type { AuditWish } from "./wish";

/**
 * @throws Refused when there are records and nobody asked for their deletion: S3 destroys no bucket that holds one,
 * and Terraform would have taken the trail away by then.
 */
export async function rollBackAudit(wish: AuditWish, context: RollbackContext): Promise<Result> {
  const { stack, withRecords } = wish;
  const { environment, aws, variables, dryRun, tell, agrees } = context;
  const configuration = awsConfiguration(environment, aws, variables);
  const s3 = new S3Client({ ...configuration, forcePathStyle: "endpoint" in configuration });
  const trails = new CloudTrailClient(configuration);
  const work = async (work: StackWork): Promise<Result> => {
    const plan = await work.plan("plan its destruction", { destroys: true });
    const [bucket, trail] = [named(plan, "aws_s3_bucket", "bucket"), named(plan, "aws_cloudtrail", "name")];
    const hasRecords = bucket !== undefined && (await firstRecords(s3, bucket, context)).length > 0;
    const document = { stack, destroyed: plan.changes.length, bucket: bucket ?? null, hasRecords };
    if (plan.isEmpty) return { outcome: "nothing to do", text: `Nothing of ${stack} is there.`, document };
    requireDestructionOf(plan, { specs: [], isWhole: true });
    tell(describePlan(plan));
    if (hasRecords && !withRecords) throw new Refused(explainRecords(plan, bucket));
    if (hasRecords) tell(`${bucket} holds records, which go with it.`);
    const keys = plan.changes.filter(({ type }) => type === "aws_kms_key");
    const reason = hasRecords ? "rolled back with its records" : "rolled back without a record";
    await requirePermission(
      plan,
      context,
      keys.map(({ address: subject }) => ({ subject, reason })),
    );
    if (dryRun)
      return { outcome: "would change", text: "Nothing was changed: this was a dry run.", document };
    if (!(await agrees(`Destroy ${stack}${hasRecords ? " and its records" : ""}?`, stack))) {
      return { outcome: "declined", text: "Nothing was changed.", document };
    }
    if (hasRecords) {
      // Nothing is to be delivered between the last deletion and the bucket's own.
      if (trail !== undefined) await trails.send(new StopLoggingCommand({ Name: trail }));
      await deleteRecords(s3, bucket, context);
    }
    await work.apply("destroy", plan);
    return {
      outcome: "rolled back",
      text: [
        `${stack} is destroyed: who uses its tables is recorded no more. The tables stand as they were.`,
        `To record again: npm run deploy -- --env ${environment.name} ${stack}`,
      ].join("\n"),
      document: { ...document, keys: keysOf(plan) },
    };
  };
  try {
    return await StackWork.on(stack, context, work);
  } finally {
    s3.destroy();
    trails.destroy();
  }
}

function named({ changes }: PlannedStack, ofType: string, attribute: string): string | undefined {
  const name = changes.find(({ type }) => type === ofType)?.before?.[attribute];
  return typeof name === "string" ? name : undefined;
}

async function firstRecords(
  s3: S3Client,
  Bucket: string,
  { accountId, signal }: RollbackContext,
): Promise<readonly string[]> {
  const input = { Bucket, ExpectedBucketOwner: accountId };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command(input), { abortSignal: signal });
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** Its policy keeps records from everyone, so it goes first; cut off, the same rollback goes on. */
async function deleteRecords(s3: S3Client, Bucket: string, context: RollbackContext): Promise<void> {
  const owned = { Bucket, ExpectedBucketOwner: context.accountId };
  await s3.send(new DeleteBucketPolicyCommand(owned));
  for (;;) {
    const keys = await firstRecords(s3, Bucket, context);
    if (keys.length === 0) return;
    const Objects = keys.map((Key) => ({ Key }));
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ ...owned, Delete: { Objects } }));
    const [error] = Errors;
    if (error !== undefined) {
      throw new CouldNotTell(
        `${error.Key ?? "A record"} in ${Bucket} was not deleted: ${error.Message ?? error.Code ?? "S3 does not say why"}. ` +
          "Run the same again to go on.",
      );
    }
  }
}

const explainRecords = ({ environment, stack }: PlannedStack, bucket: string): string =>
  [
    `${bucket} holds records, and goes only without any. Nothing was changed. Where nobody needs them:`,
    `  npm run rollback -- --env ${environment} ${stack} --with-records`,
    "See docs/runbooks/audit-trail.md#taking-one-down.",
  ].join("\n");
