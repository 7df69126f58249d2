import * as v from "valibot";
import { aspect, aspects, unlessNamed, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent, same, sameFields } from "./same";
import { signedCall } from "./signed-call";

const text = v.optional(v.string());

/** EventBridge Scheduler: GetSchedule, as far as it is compared. */
const schedule = v.object({
  Description: v.optional(v.string(), ""),
  ScheduleExpression: text,
  State: text,
  FlexibleTimeWindow: v.optional(v.object({ Mode: text })),
  Target: v.optional(
    v.object({
      Arn: text,
      RoleArn: text,
      RetryPolicy: v.optional(
        v.object({
          MaximumEventAgeInSeconds: v.optional(v.number()),
          MaximumRetryAttempts: v.optional(v.number()),
        }),
      ),
    }),
  ),
});

/** The schedules of a stack; their group is in their address. */
export const scheduleLooks: Looks = (context) =>
  context.stack.all("aws_scheduler_schedule").map(([, block]): Look => ({
    kind: "schedule",
    name: block.name,
    see: () => seeSchedule(context, block),
  }));

async function seeSchedule(
  { clients, references }: Context,
  expected: Declared<"aws_scheduler_schedule">,
): Promise<Seen> {
  const group = await references.resolve(expected.group_name);
  const answer = await unlessNamed(
    signedCall(clients, {
      service: "scheduler",
      method: "GET",
      path: `/schedules/${encodeURIComponent(expected.name)}?groupName=${encodeURIComponent(group)}`,
    }),
    "ResourceNotFoundException",
  );
  if (answer === undefined) return { differences: [absent(`a schedule in the group ${group}`)] };
  const live = v.parse(schedule, answer);
  const retries = expected.target.retry_policy;
  const differences = await aspects(
    Promise.resolve([
      ...sameFields(
        "",
        {
          description: expected.description,
          expression: expected.schedule_expression,
          state: expected.state,
          window: expected.flexible_time_window.mode,
        },
        {
          description: live.Description,
          expression: live.ScheduleExpression,
          state: live.State,
          window: live.FlexibleTimeWindow?.Mode,
        },
      ),
      ...(retries === undefined
        ? []
        : sameFields(
            "target.",
            {
              maximumEventAge: retries.maximum_event_age_in_seconds,
              maximumRetries: retries.maximum_retry_attempts,
            },
            {
              maximumEventAge: live.Target?.RetryPolicy?.MaximumEventAgeInSeconds,
              maximumRetries: live.Target?.RetryPolicy?.MaximumRetryAttempts,
            },
          )),
    ]),
    aspect("target", async () => {
      const target = await references.resolve(expected.target);
      return [
        ...same("target.arn", target.arn, live.Target?.Arn),
        ...same("target.role", target.role_arn, live.Target?.RoleArn),
      ];
    }),
  );
  return { differences };
}
