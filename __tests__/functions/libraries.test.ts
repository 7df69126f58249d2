/** What other programs import of this repository, by the names that its package has. */

import { StatusWriter } from "dynamodb-layer/status-writer";
import { Tracker } from "dynamodb-layer/tracker";
import * as statusWriter from "../../functions/trade-status/status-writer";
import * as tracker from "../../functions/design-analysis/tracker";

it("the package gives orchestrators the StatusWriter, and analysis services the Tracker", () => {
  expect(StatusWriter).toBe(statusWriter.StatusWriter);
  expect(Tracker).toBe(tracker.Tracker);
});
