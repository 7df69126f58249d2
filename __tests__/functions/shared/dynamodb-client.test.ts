import "../../../scripts/lib/quiet-sdk";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamoDbClient } from "../../../functions/shared/dynamodb-client";

it("a call copies no item for a log that nobody reads", async () => {
  const client = dynamoDbClient({ region: "us-east-1" });
  const asked = jest.fn(() => "conversation-1");
  const Key = Object.defineProperty({}, "S", { enumerable: true, get: asked });
  // Answers before the call is written to the wire: whoever looks at it was the log.
  client.middlewareStack.add(() => () => Promise.resolve({ response: {}, output: { $metadata: {} } }), {
    step: "initialize",
    priority: "low",
  });
  await client.send(new GetItemCommand({ TableName: "conversations", Key: { id: Key as { S: string } } }));
  expect(asked).not.toHaveBeenCalled();
});
