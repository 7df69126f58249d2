/** An audit trail taken away, where nothing is protected and nothing is recorded. */

import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { StackId } from "../../../stacks/naming";
import { awsConfiguration } from "../aws";
import type { PlannedStack } from "../plan/planned-stack";
import { Refused } from "../refused";
import type { RollbackContext, Result } from "./context";
import { keysOf, requireDestructionOf } from "./plan-checks";
import { describePlan, requirePermission, StackWork } from "./planning";

/**
 * @throws Refused when there is a record: S3 destroys no bucket that holds one, and Terraform would have taken the
 * trail away by then.
 */
export async function rollBackAudit(stack: StackId, context: RollbackContext): Promise<Result> {
  const { environment, dryRun, tell, agrees } = context;
  return StackWork.on(stack, context, async (work) => {
    const plan = await work.plan("plan its destruction", { destroys: true });
    const document = { stack, destroyed: plan.changes.length };
    if (plan.isEmpty) return { outcome: "nothing to do", text: `Nothing of ${stack} is there.`, document };
    requireDestructionOf(plan, { specs: [], isWhole: true });
    tell(describePlan(plan));
    await requireNoRecords(plan, context);
    // Nothing is encrypted with its key any more.
    const keys = plan.changes.filter(({ type }) => type === "aws_kms_key");
    const reason = "rolled back without a record";
    await requirePermission(
      plan,
      context,
      keys.map(({ address: subject }) => ({ subject, reason })),
    );
    if (dryRun)
      return { outcome: "would change", text: "Nothing was changed: this was a dry run.", document };
    if (!(await agrees(`Destroy ${stack}?`, stack))) {
      return { outcome: "declined", text: "Nothing was changed.", document };
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
  });
}

async function requireNoRecords(
  plan: PlannedStack,
  { environment, aws, variables, signal }: RollbackContext,
): Promise<void> {
  const configuration = awsConfiguration(environment, aws, variables);
  const s3 = new S3Client({ ...configuration, forcePathStyle: "endpoint" in configuration });
  try {
    for (const { type, before } of plan.changes) {
      const Bucket = before?.["bucket"];
      if (type !== "aws_s3_bucket" || typeof Bucket !== "string") continue;
      const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), {
        abortSignal: signal,
      });
      if (KeyCount > 0) throw new Refused(explainRecords(Bucket, trailIn(plan)));
    }
  } finally {
    s3.destroy();
  }
}

function trailIn({ changes }: PlannedStack): string {
  const name = changes.find(({ type }) => type === "aws_cloudtrail")?.before?.["name"];
  return typeof name === "string" ? name : "<trail>";
}

const explainRecords = (bucket: string, trail: string): string =>
  [
    `${bucket} holds records, and goes only without any. Nothing was changed. Where nobody needs them:`,
    `  aws cloudtrail stop-logging --name ${trail}`,
    `  aws s3api delete-bucket-policy --bucket ${bucket}`,
    `  aws s3 rm s3://${bucket} --recursive`,
    "and then this again. See docs/runbooks/audit-trail.md#taking-one-down.",
  ].join("\n");
