import { decimal, list, map, string, timestamp } from "./attributes";
import { provisioned } from "./capacity";
import { defineTable } from "./define-table";

export const agentProfiles = defineTable({
  id: "agent-profiles",
  name: "agent-profiles",
  requirement: "002_68b76c500e238bf3",
  purpose: "Profiles of the agents that requests are matched with.",
  attributes: {
    id: string("Identifier of the profile"),
    name: string("Name of the agent"),
    address: string("Postal address"),
    job: string("Job title in lower case, as the index needs it"),
    averagePrice: decimal("Average price of the agent's service"),
    tags: list("Free keywords"),
    location: list("Place, from the widest to the narrowest part"),
    location_city: string("Narrowest part of the location in lower case, as the index needs it"),
    description: string("What the agent offers"),
    timestamp: timestamp("When the profile was stored"),
    profile_data: map("The profile as it was handed in"),
  },
  partitionKey: "id",
  indexes: {
    "job-index": { partitionKey: "job", projection: "ALL", capacity: { read: 5, write: 5 } },
    "location-index": { partitionKey: "location_city", projection: "ALL", capacity: { read: 5, write: 5 } },
  },
  capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 100, targetUtilization: 70 } }),
  example: {
    id: "agent-plumber-berlin-01",
    name: "Rohrfrei Meisterbetrieb",
    address: "Torstrasse 12, 10119 Berlin",
    job: "plumber",
    averagePrice: 85,
    tags: ["emergency", "heating"],
    location: ["Germany", "Berlin"],
    location_city: "berlin",
    description: "Emergency plumbing and heating repairs, day and night.",
    timestamp: "2025-06-01T08:30:00Z",
    profile_data: { source: "json_storage" },
  },
});
