import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { tableName } from "../../tables/naming";
import { answer, type Answer, type EventParts } from "./api-event";
import {
  loadFunctions,
  recordFunctions,
  type LoadedFunctions,
  type RecordedFunctions,
} from "./loaded-functions";

export const profileTable = tableName(agentProfiles, "local");
export const conversationTable = tableName(agentConversations, "local");

/** A profile as an agent hands it in: document 002's attributes, before they become keys. */
export const plumber = {
  id: "agent-plumber-berlin-01",
  name: "Rohrfrei Meisterbetrieb",
  address: "Torstrasse 12, 10119 Berlin",
  job: "Plumber",
  averagePrice: 85.5,
  tags: ["Emergency", "heating"],
  location: ["Germany", "Berlin"],
  description: "Emergency plumbing and heating repairs, day and night.",
};

const tables = { PROFILE_TABLE_NAME: agentProfiles, CONVERSATION_TABLE_NAME: agentConversations };

/** What tests do with the functions of agent-matching. */
interface Uses {
  call(routeKey: string, parts?: EventParts): Promise<Answer>;
  post(routeKey: string, fields: object): Promise<Answer>;
  /** Writes an item as another program does. */
  put(table: string, item: object): Promise<void>;
  /** Empty where there is no such item. */
  stored(table: string, key: object): Promise<Readonly<Record<string, unknown>>>;
}

export type AgentMatching = LoadedFunctions & Uses;
export type RecordedAgentMatching = RecordedFunctions & Uses;

export async function loadAgentMatching(): Promise<AgentMatching> {
  jest.resetModules();
  const functions = await loadFunctions("agent-matching", tables);
  return { ...functions, ...usesOf(functions) };
}

/** With every call to the tables on record. */
export async function recordAgentMatching(): Promise<RecordedAgentMatching> {
  jest.resetModules();
  const functions = await recordFunctions("agent-matching", tables);
  return { ...functions, ...usesOf(functions) };
}

function usesOf({ read, write, table }: LoadedFunctions): Uses {
  const call = (routeKey: string, parts?: EventParts) =>
    answer((routeKey in read.routes ? read : write).handler, routeKey, parts);
  return {
    call,
    post: (routeKey, fields) => call(routeKey, { body: JSON.stringify(fields) }),
    async put(name, Item) {
      await table.client.send(new PutCommand({ TableName: name, Item: Item as Record<string, unknown> }));
    },
    async stored(name, key) {
      const Key = key as Record<string, unknown>;
      return (await table.client.send(new GetCommand({ TableName: name, Key }))).Item ?? {};
    },
  };
}
