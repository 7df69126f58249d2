import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** What a call asks DynamoDB for. */
export type Asked = Readonly<Record<string, unknown>>;

/** A client without a table: each call is answered, or fails, as the function has it. */
export const stubClient = (answer: (asked: Asked) => object | Error): DynamoDBDocumentClient =>
  ({
    send({ input }: { readonly input: Asked }) {
      const given = answer(input);
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
    },
  }) as unknown as DynamoDBDocumentClient;

export const throttledError = () =>
  Object.assign(new Error("The level of configured provisioned throughput was exceeded."), {
    name: "ProvisionedThroughputExceededException",
  });
