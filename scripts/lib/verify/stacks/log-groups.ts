import * as v from "valibot";
import { aspect, aspects, type Look, type Looks } from "./look";
import { absent, same, sameOrUndeclared } from "./same";
import { signedCall } from "./signed-call";

/** CloudWatch Logs: DescribeLogGroups, as far as it is compared. */
const answer = v.object({
  logGroups: v.optional(
    v.array(
      v.object({
        logGroupName: v.string(),
        retentionInDays: v.optional(v.number()),
        kmsKeyId: v.optional(v.string()),
      }),
    ),
    [],
  ),
});

/** The log groups of a stack: how long they keep what they hold, and under which key. */
export const logGroupLooks: Looks = ({ stack, references, clients }) =>
  stack.all("aws_cloudwatch_log_group").map(([, { name, retention_in_days, kms_key_id }]): Look => ({
    kind: "log group",
    name,
    see: async () => {
      const { logGroups } = v.parse(
        answer,
        await signedCall(clients, {
          service: "logs",
          method: "POST",
          path: "/",
          target: "Logs_20140328.DescribeLogGroups",
          // The group itself is the first of those that begin with its name.
          body: { logGroupNamePrefix: name, limit: 1 },
        }),
      );
      const live = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (live === undefined) return { differences: [absent("a log group")] };
      return {
        differences: await aspects(
          Promise.resolve(same("retention", retention_in_days || undefined, live.retentionInDays)),
          aspect("key", async () =>
            sameOrUndeclared("key", await references.resolve(kms_key_id), live.kmsKeyId),
          ),
        ),
      };
    },
  }));
