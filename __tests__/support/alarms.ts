/** Production's stacks with everything that settings add, and their alarms as Terraform gets them. */

import { stacksOf, type StackId } from "../../stacks/naming";
import { resource, synthesize, type Block, type StackDocument } from "./synthesis";

const variables = {
  PROD_ATHENA_DATABASE: "brands",
  PROD_ATHENA_WORKGROUP: "primary",
  PROD_ATHENA_OUTPUT: "s3://brand-processing-prod/athena-results/",
  PROD_ATHENA_DATA: "s3://brand-processing-prod/brands/",
  PROD_ALARM_EMAILS: "on-call@example.com,platform@example.com",
};

export interface SynthesizedAlarm {
  readonly stack: StackId;
  readonly id: string;
  readonly alarm: Block;
}

export const production = (stack: StackId): StackDocument => synthesize(stack, variables);

export const productionStacks = (): readonly (readonly [StackId, StackDocument])[] =>
  stacksOf("prod").map((stack) => [stack, production(stack)]);

export const alarmIn = (stack: StackId, id: string): Block =>
  resource(production(stack), "aws_cloudwatch_metric_alarm", id);

export const allAlarms = (): readonly SynthesizedAlarm[] =>
  productionStacks().flatMap(([stack, document]) =>
    Object.entries(document.resource["aws_cloudwatch_metric_alarm"] ?? {}).map(([id, alarm]) => ({
      stack,
      id,
      alarm,
    })),
  );

/** The end of its logical id says what kind of alarm it is. */
export const kindOf = ({ id }: Pick<SynthesizedAlarm, "id">): string => id.split("__").at(-1) ?? id;
