/** DynamoDB may end a page before its first item, and say that there are more: no list ends there. */

import { ConversationTable } from "../../../functions/agent-matching/conversations";
import { ProfileTable } from "../../../functions/agent-matching/profiles";
import { conversationTable, profileTable } from "../../support/agent-matching";
import { stubClient } from "../../support/stub-client";

const timestamp = "2025-06-01T09:00:00.000Z";
const emptyPage = (LastEvaluatedKey: object) => stubClient(() => ({ Items: [], LastEvaluatedKey }));

it("a list of profiles goes on behind the key that DynamoDB came to", async () => {
  const profiles = new ProfileTable({ client: emptyPage({ id: "agent-7" }), name: profileTable });
  expect(await profiles.page(10)).toEqual({ profiles: [], next: "agent-7" });
});

it("a conversation does, also when the consistent read that follows finds nothing", async () => {
  const client = emptyPage({ conversation_id: "conv-1", timestamp });
  const conversations = new ConversationTable({ client, name: conversationTable });
  expect(await conversations.messages("conv-1", { limit: 10 })).toEqual({
    messages: [],
    next: { timestamp },
  });
});

it("an agent's messages do", async () => {
  const client = emptyPage({ agent_id: "agent-7", conversation_id: "conv-1", timestamp });
  const conversations = new ConversationTable({ client, name: conversationTable });
  const next = { timestamp, conversation_id: "conv-1" };
  expect(await conversations.messagesWith("agent-7", { limit: 10 })).toEqual({ messages: [], next });
});
