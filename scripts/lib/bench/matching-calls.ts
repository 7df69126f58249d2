/** The calls with which the functions of agent matching are measured. */

import { newProfile } from "../../../functions/agent-matching/model";
import { itemOf } from "../../../functions/agent-matching/stored-profile";
import { agentConversations } from "../../../tables/agent-conversations";
import { agentProfiles } from "../../../tables/agent-profiles";
import type { FunctionCalls, HttpCall } from "./measured-calls";

/** One thread answers sixteen matches at once here; more would measure its queue. */
const profiles = 500;
const messages = 100;
const jobs = ["plumber", "electrician", "roofer", "painter"] as const;
const cities = ["berlin", "hamburg", "munich", "cologne", "leipzig"] as const;

const profileId = (number: number) => `agent-${number % profiles}`;

const profileOf = (number: number) => ({
  name: `Meisterbetrieb ${number}`,
  address: `Torstrasse ${number}, 10119 Berlin`,
  job: jobs[number % jobs.length],
  averagePrice: 40 + (number % 97) / 2,
  tags: ["emergency", "heating", "solar"].slice(number % 3),
  location: ["Germany", cities[number % cities.length]],
  description: "Emergency plumbing and heating repairs, day and night.",
});

const messageOf = (number: number) => ({
  conversation_id: `conv-${number}`,
  agent_id: profileId(number),
  message: "Can you come this afternoon?",
  sender: "customer",
});

const storedProfiles = () =>
  Array.from({ length: profiles }, (_, number) =>
    itemOf(newProfile(profileOf(number), { id: profileId(number), timestamp: "2025-06-01T08:30:00.000Z" })),
  );

const storedMessages = () =>
  Array.from({ length: messages }, (_, number) => ({
    ...messageOf(number % 10),
    timestamp: new Date(Date.UTC(2025, 5, 1, 9, number)).toISOString(),
  }));

const matchOf = (body: object): readonly HttpCall[] => [{ route: "POST /match", body }];

export const matchingReads: FunctionCalls = {
  stored: [
    { spec: agentProfiles, items: storedProfiles },
    { spec: agentConversations, items: storedMessages },
  ],
  series: [
    {
      name: "a profile, 50 of a list",
      story: (number) => [
        { route: "GET /retrieve/{id}", path: { id: profileId(number) } },
        { route: "GET /list", query: { limit: "50" } },
      ],
    },
    {
      name: "a conversation, an agent",
      story: (number) => [
        { route: "GET /conversation/{id}", path: { id: `conv-${number % 10}` } },
        { route: "GET /agent/{id}/conversations", path: { id: profileId(number % 10) } },
      ],
    },
    {
      name: "job and city of 500",
      story: (number) =>
        matchOf({ job: jobs[number % jobs.length], city: cities[number % cities.length], maxPrice: 80 }),
    },
    { name: "tags of 500", story: () => matchOf({ tags: ["emergency", "solar"] }) },
  ],
};

export const matchingWrites: FunctionCalls = {
  series: [
    {
      name: "profile twice, message",
      story: (number) => [
        { route: "POST /store", body: { id: `new-${number}`, ...profileOf(number) } },
        { route: "POST /store", body: { id: `new-${number}`, ...profileOf(number), averagePrice: 1 } },
        { route: "POST /conversation", body: messageOf(number) },
      ],
    },
  ],
};
