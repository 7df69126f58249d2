import { string, timestamp } from "./attributes";
import { provisioned } from "./capacity";
import { defineTable } from "./define-table";

export const agentConversations = defineTable({
  id: "agent-conversations",
  name: "agent-conversations",
  requirement: "002_68b76c500e238bf3",
  purpose: "Messages of the conversations with agents, an item each.",
  attributes: {
    conversation_id: string("Identifier of the conversation"),
    timestamp: timestamp("When the message was stored; orders the conversation"),
    agent_id: string("Identifier of the agent's profile"),
    message: string("Text of the message"),
    sender: string("Who wrote it"),
  },
  partitionKey: "conversation_id",
  sortKey: "timestamp",
  indexes: {
    "agent-conversations-index": {
      partitionKey: "agent_id",
      sortKey: "timestamp",
      projection: "ALL",
      capacity: { read: 5, write: 5 },
    },
  },
  capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 100, targetUtilization: 70 } }),
  example: {
    conversation_id: "conv-plumber-0001",
    timestamp: "2025-06-01T09:00:00.000Z",
    agent_id: "agent-plumber-berlin-01",
    message: "Can you come this afternoon?",
    sender: "customer",
  },
});
