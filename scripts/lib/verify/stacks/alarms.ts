/** The alarms of a stack, and those that only look as if they were a system's. */

import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { parseStackId, stacksOf } from "../../../../stacks/naming";
import { environmentNames, type EnvironmentName } from "../../../../tables/naming";
import { undeclared } from "../finding";
import { alarmDifferences } from "./compare-alarm";
import { aspect, type Context, type Look, type Looks, type Seen } from "./look";
import { absent, declareOrRemove } from "./same";

export const alarmLooks: Looks = (context) =>
  context.stack
    .all("aws_cloudwatch_metric_alarm")
    .map(([id, { alarm_name: name }]): Look => ({ kind: "alarm", name, see: () => seeAlarm(context, id) }));

async function seeAlarm(context: Context, id: string): Promise<Seen> {
  const { stack, references } = context;
  const expected = stack.one("aws_cloudwatch_metric_alarm", id);
  const all = await references.lookUp.alarms(prefixOf(context));
  const live = all.find(({ AlarmName }) => AlarmName === expected.alarm_name);
  if (live === undefined) return { differences: [absent("an alarm")] };
  return {
    differences: await aspect("definition", async () =>
      alarmDifferences(await references.resolve(expected), live),
    ),
    ...stateOf(live),
  };
}

/** `ALARM` or `INSUFFICIENT_DATA`: of one that is quiet there is nothing to tell. */
const stateOf = ({ StateValue }: Pick<MetricAlarm, "StateValue">): Pick<Seen, "state"> =>
  StateValue === undefined || StateValue === "OK" ? {} : { state: StateValue };

/** Every alarm of a system begins with its name. */
const prefixOf = ({ stack }: Context): string => `${parseStackId(stack.id).system}-`;

/** Alarms of the system that no stack of it declares; told once, with the first of its stacks that is verified. */
export const undeclaredAlarmLooks: Looks = async ({ stack, all, asked, references }) => {
  const { system, environment } = parseStackId(stack.id);
  if (asked.find((one) => parseStackId(one).system === system) !== stack.id) return [];
  const siblings = stacksOf(environment).filter((one) => parseStackId(one).system === system);
  // What a stack has that was not synthesized is nobody's to call undeclared.
  if (siblings.some((one) => !all.has(one))) return [];
  const known = new Set(
    [...all.values()]
      .filter((one) => parseStackId(one.id).system === system)
      .flatMap((one) => one.all("aws_cloudwatch_metric_alarm").map(([, { alarm_name }]) => alarm_name)),
  );
  // An answer that does not come is told by the declared alarms, which ask for the same.
  const live = await references.lookUp.alarms(`${system}-`).catch((): readonly MetricAlarm[] => []);
  return live
    .flatMap(({ AlarmName, StateValue }) => (AlarmName === undefined ? [] : [{ AlarmName, StateValue }]))
    .filter(({ AlarmName }) => !known.has(AlarmName) && isOf(environment, AlarmName))
    .map(({ AlarmName: name, StateValue }): Look => ({
      kind: "alarm",
      name,
      see: () =>
        Promise.resolve({
          differences: [undeclared("declaration", "an alarm of this name", declareOrRemove)],
          ...stateOf({ StateValue }),
        }),
    }));
};

/** By the end of its name: production's have none, and an account may hold several environments. */
function isOf(environment: EnvironmentName, name: string): boolean {
  const named = environmentNames.find((one) => name.endsWith(`-${one}`));
  return environment === (named ?? "prod");
}
