/**
 * The story of document 000: brands come from Athena, and the agent is asked for their metadata in the
 * document's own words. On the local AWS rows that are queued play Athena, and a stand-in plays the agent's
 * model.
 */

import { AthenaClient } from "@aws-sdk/client-athena";
import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";
import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AthenaSource, followQuery, startQuery } from "../../../functions/brand-processing/athena-source";
import { brandColumns } from "../../../functions/brand-processing/brand-row";
import { Brands } from "../../../functions/brand-processing/brands";
import { Population } from "../../../functions/brand-processing/population";
import { PopulationTable } from "../../../functions/brand-processing/population-table";
import { systemClock } from "../../../functions/shared/clock";
import { documentClient } from "../../../functions/shared/document-client";
import { systemTimer as timer } from "../../../functions/shared/timer";
import { tableName } from "../../../stacks/naming";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { queueAthenaResults } from "../../local/athena-results";
import type { Agent } from "../ask/agent";
import { BedrockAgent } from "../ask/bedrock-agent";
import { findAgent } from "../ask/find-agent";
import { awsClients, awsConfiguration } from "../aws";
import { CouldNotTell } from "../errors";
import { athenaSettings } from "../populate-brands/athena-settings";
import type { Stage, Story } from "./story";

const rows = [
  ["12345", "Starbucks", "Food & Beverage"],
  ["12346", "Patagonia", "Apparel"],
  ["12347", "LEGO", "Toys & Games"],
  ["12348", "IKEA", "Home Furnishings"],
] as const;

/** A question, and what must stand in the answer to it. */
type Asked = readonly [question: string, text: string];

const questions: readonly Asked[] = [
  ["show me unprocessed brands", "12345  Starbucks (Food & Beverage): unprocessed"],
  ["start workflow for brand 12345", "12345  Starbucks (Food & Beverage): processing"],
  ["please generate metadata for the brands in the check table", `${rows.length - 1} brands have started`],
];
const counting: Asked = ["how many brands are there of each status?", `${rows.length} completed`];

/** All executions together take a second or two. */
const patienceMilliseconds = 60_000;

export const brandStory: Story = {
  system: "brand-processing",
  async play(stage) {
    const { environment, variables, signal } = stage;
    const table = tableName(brandProcessingStatus, environment.name);
    const client = documentClient(awsClients(environment, {}, variables).dynamodb);
    await populate(stage, client, table);
    const agent = await openAgent(stage);
    for (const asked of questions) await ask(agent, asked);
    await untilProcessed(new Brands({ tableName: table, client }), signal);
    await ask(agent, counting);
    return {
      system: "brand-processing",
      through: "agent",
      told: `${rows.length} brands from Athena, ${questions.length + 1} questions to the agent`,
    };
  },
};

async function populate(
  { environment, variables, signal }: Stage,
  client: DynamoDBDocumentClient,
  name: string,
): Promise<void> {
  const configuration = awsConfiguration(environment, {}, variables);
  await queueAthenaResults(variables["AWS_ENDPOINT_URL"] ?? "", [brandColumns, ...rows]);
  const athena = new AthenaClient(configuration);
  const query = await startQuery(athena, athenaSettings(environment, {}), randomUUID(), { signal, timer });
  await followQuery(athena, query, { signal, timer, isOurs: true, onWait: () => undefined });
  const source = new AthenaSource(athena, query, timer);
  const table = new PopulationTable({ client, name, clock: systemClock, timer, signal });
  const { added } = await new Population({ source, table, signal, dryRun: false }).write();
  if (added !== rows.length) throw new Error(`${added} brands came from Athena, expected ${rows.length}.`);
}

async function openAgent({ environment, variables, signal }: Stage): Promise<Agent> {
  const configuration = awsConfiguration(environment, {}, variables);
  const address = await findAgent(new BedrockAgentClient(configuration), environment.name, signal);
  // HTTP/1.1: the local AWS has no other.
  const requestHandler = new NodeHttpHandler(configuration.requestHandler);
  const client = new BedrockAgentRuntimeClient({ ...configuration, requestHandler, maxAttempts: 1 });
  return new BedrockAgent({ client, address, sessionId: randomUUID(), signal });
}

/**
 * Asks the agent.
 *
 * @throws Error when it answers something else, or not at all: on the local AWS that is a failure, too.
 */
export async function ask(agent: Agent, [question, text]: Asked): Promise<void> {
  let answer = "";
  try {
    for await (const event of agent.ask(question)) if (event.kind === "text") answer += event.text;
  } catch (error) {
    if (!(error instanceof CouldNotTell)) throw error;
    throw new Error(`The agent did not answer "${question}": ${error.message}`);
  }
  if (answer.includes(text)) return;
  throw new Error(`The agent answered "${question}" without "${text}": ${answer.slice(0, 300)}`);
}

/**
 * Waits until all brands are completed.
 *
 * @throws Error as soon as one has failed, since nothing tries it again here, and when all of it takes too long.
 */
export async function untilProcessed(
  brands: Pick<Brands, "count" | "list">,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while ((await brands.count("completed")).count < rows.length) {
    const [failed] = (await brands.list("failed", 1)).brands;
    if (failed !== undefined) {
      throw new Error(`The workflow of brand ${failed.brandid} failed: ${failed.last_error ?? "no error"}`);
    }
    if (performance.now() > deadline) {
      throw new Error(
        `The brands are not completed after ${patienceMilliseconds / 1000} seconds, and none has failed: ` +
          "the log of the functions may say more.",
      );
    }
    await sleep(100, undefined, { signal });
  }
}
