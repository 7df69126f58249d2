/** The scheduled Lambda that finds what died halfway. Its event says nothing. */

import type { Context } from "aws-lambda";
import { logger, logUnexpected } from "../shared/logger";
import { requiredVariable, requiredWholeNumber } from "../shared/variables";
import { highestRetryLimit } from "./model";
import { SfnExecutions } from "./sfn-executions";
import { Sweeper, type Sweep } from "./sweeper";

/** An execution takes two hours at most (workflow-definition.ts); one that looks dead before that may live. */
const leastMinutes = 121;

const sweeper = new Sweeper({
  tableName: requiredVariable("BRAND_TABLE_NAME"),
  executions: new SfnExecutions({ stateMachineArn: requiredVariable("STATE_MACHINE_ARN") }),
  mostRetries: requiredWholeNumber("MOST_RETRIES", { least: 0, most: highestRetryLimit }),
  staleAfterMinutes: requiredWholeNumber("STALE_AFTER_MINUTES", { least: leastMinutes, most: 10_080 }),
});

/** A brand that is begun just before still ends in time: two operations on the table and a call to Step Functions. */
const reserveMilliseconds = 15_000;

/** @throws Error when not even the lists could be read. */
export async function handler(_event: unknown, context?: Context): Promise<Sweep> {
  const isOver = () => context !== undefined && context.getRemainingTimeInMillis() < reserveMilliseconds;
  try {
    const sweep = await sweeper.run(isOver);
    logger.info("Swept", { ...sweep });
    return sweep;
  } catch (error) {
    logUnexpected(error, { during: "sweep", requestId: context?.awsRequestId });
    throw new Error("The sweep failed. The next run begins again; the function's log has the cause.");
  }
}
