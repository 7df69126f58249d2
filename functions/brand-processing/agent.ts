/** The Lambda behind the agent's action group: what the agent calls, in Bedrock's form. */

import {
  BedrockAgentFunctionResolver,
  BedrockFunctionResponse,
} from "@aws-lambda-powertools/event-handler/bedrock-agent";
import type {
  BedrockAgentFunctionEvent,
  BedrockAgentFunctionResponse,
} from "@aws-lambda-powertools/event-handler/types";
import type { Context } from "aws-lambda";
import { documentClient } from "../shared/document-client";
import { asRefusal } from "../shared/http";
import { logger, logUnexpected } from "../shared/logger";
import { requiredVariable, requiredWholeNumber } from "../shared/variables";
import { Actions, type Answer } from "./actions";
import { Brands } from "./brands";
import {
  actionParameters,
  isActionName,
  readParameters,
  type ActionName,
  type ParameterTable,
  type ValuesOf,
} from "./parameters";
import { SfnExecutions } from "./sfn-executions";
import { Starter } from "./starter";

const [client, tableName] = [documentClient(), requiredVariable("BRAND_TABLE_NAME")];
const actions = new Actions({
  brands: new Brands({ tableName, client }),
  starter: new Starter({
    tableName,
    client,
    executions: new SfnExecutions({ stateMachineArn: requiredVariable("STATE_MACHINE_ARN") }),
    mostRetries: requiredWholeNumber("MOST_RETRIES", { least: 0, most: 100 }),
  }),
  onTrouble: (error) => logUnexpected(error, { during: "start_unprocessed", requestId: undefined }),
});

const reading =
  <Table extends ParameterTable>(table: Table, act: (call: ValuesOf<Table>) => Promise<Answer>) =>
  ({ parameters = [] }: BedrockAgentFunctionEvent) =>
    act(readParameters(table, parameters));

const { list_brands, get_brand, start_workflow, start_unprocessed, count_brands } = actionParameters;
const tools: Readonly<Record<ActionName, (event: BedrockAgentFunctionEvent) => Promise<Answer>>> = {
  list_brands: reading(list_brands, (call) => actions.list(call)),
  get_brand: reading(get_brand, (call) => actions.get(call)),
  start_workflow: reading(start_workflow, (call) => actions.start(call)),
  start_unprocessed: reading(start_unprocessed, (call) => actions.startUnprocessed(call)),
  count_brands: reading(count_brands, () => actions.count()),
};

/** What goes wrong is an answer, too: Powertools would log an error whole, and tell the model its text. */
async function perform(
  name: ActionName,
  event: BedrockAgentFunctionEvent,
  context: Context,
): Promise<Answer> {
  const call = { during: name, requestId: context.awsRequestId };
  try {
    const answer = await tools[name](event);
    logger.info("Answered", { ...call, outcome: answer.outcome });
    return answer;
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal !== undefined) {
      logger.info("Refused", { ...call, code: refusal.code });
      return { outcome: refusal.code, message: refusal.message };
    }
    logUnexpected(error, call);
    const isTableMissing = error instanceof Error && error.name === "ResourceNotFoundException";
    return { outcome: "failed", message: isTableMissing ? tableMissing : failed };
  }
}

const tableMissing = "The table of brands is not there: brand-processing-tables has to be deployed first.";
const failed =
  "The action failed. Try again in a minute; if it fails again, its function's log has the cause.";
const unreadable = "The call was not in the form of a function call: call one of the actions again.";
const unknownAction = `There is no such action. The actions are ${Object.keys(tools).join(", ")}: call one of these.`;

const nothing = () => undefined;
const app = new BedrockAgentFunctionResolver({ logger: { debug: nothing, warn: nothing, error: nothing } });
for (const name of Object.keys(tools) as ActionName[]) {
  // The texts as they were sent: Powertools reads "" as 0, 0x10 as 16, and all but "true" as false.
  app.tool((_, { event, context }) => perform(name, event, context) as Promise<JsonAnswer>, { name });
}
type JsonAnswer = Exclude<Awaited<ReturnType<Parameters<typeof app.tool>[0]>>, BedrockFunctionResponse>;

/** Whatever is sent and happens, an answer that Bedrock takes: after an error the agent would say nothing. */
export async function handler(event: unknown, context: Context): Promise<BedrockAgentFunctionResponse> {
  const called = calledOf(event);
  if (!isActionName(called.func)) return inWords(called, "invalid", unknownAction);
  try {
    return bounded(await app.resolve(event, context));
  } catch (error) {
    logUnexpected(error, { during: called.func, requestId: context.awsRequestId });
    return inWords(called, "invalid", unreadable);
  }
}

/** Bedrock matches an answer to its call by these. */
interface Called {
  readonly actionGroup: string;
  readonly func: string;
}

function calledOf(event: unknown): Called {
  const { actionGroup, function: func }: Partial<BedrockAgentFunctionEvent> =
    typeof event === "object" ? { ...event } : {};
  const textOf = (value: unknown) => (typeof value === "string" ? value.slice(0, longestName) : "");
  return { actionGroup: textOf(actionGroup), func: textOf(func) };
}

/** Of an action group or a function (AWS: FunctionDetails and CreateAgentActionGroup, `name`). */
const longestName = 100;

const inWords = (called: Called, outcome: string, message: string): BedrockAgentFunctionResponse =>
  new BedrockFunctionResponse({ body: JSON.stringify({ outcome, message }) }).build(called);

/** AWS: "Configure Lambda functions to send information …", response event: the whole payload. */
const answerBytes = 25_000;

/** Powertools sends the session's attributes back, however large; no action changes them. */
function bounded(answer: BedrockAgentFunctionResponse): BedrockAgentFunctionResponse {
  const { messageVersion, response } = answer;
  return Buffer.byteLength(JSON.stringify(answer)) > answerBytes ? { messageVersion, response } : answer;
}
