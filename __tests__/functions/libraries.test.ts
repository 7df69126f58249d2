/** What other programs import of this repository, by the names that its package has. */

import { Conversations } from "dynamodb-layer/conversations";
import { StatusWriter } from "dynamodb-layer/status-writer";
import { Tracker } from "dynamodb-layer/tracker";
import * as conversations from "../../functions/conversations/conversations";
import * as statusWriter from "../../functions/trade-status/status-writer";
import * as tracker from "../../functions/design-analysis/tracker";

it("the package gives assistants Conversations, orchestrators the StatusWriter, analysis services the Tracker", () => {
  expect(Conversations).toBe(conversations.Conversations);
  expect(StatusWriter).toBe(statusWriter.StatusWriter);
  expect(Tracker).toBe(tracker.Tracker);
});
